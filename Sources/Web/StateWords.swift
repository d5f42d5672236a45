import Events
import JSON
import Wording

/// The sentences about the microphone's state, as a script: {name} stands for the microphone, {state} for a state that
/// is not among them.
enum StateWords {
  private static let name = "{name}"

  static let script: String = {
    var sentences = JSONObject()
    for state in Event.Device.State.known { sentences[state.rawValue] = .string(state.sentence(about: name)) }
    let other = JSONValue.string(Event.Device.State(rawValue: "{state}").sentence(about: name))
    return """
      export const sentences = \(JSONValue.object(sentences).text);
      export const otherState = \(other.text);

      """
  }()
}
