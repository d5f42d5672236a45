import AudioInput
import EventFeed
import Events
import Files
import Wording

/// The daemon: whether it answers, and what it says of its microphone and its sound.
extension Doctor {
  func daemonChecks() async -> (checks: [DoctorReport.Check], answers: Bool, status: Event.Status?) {
    let client = socket.client
    do {
      let status = try await client.answer { try await $0.status() }
      var checks: [DoctorReport.Check] = [
        .init("socket", .good, "digitd \(status.version) answers at \(client.path)")
      ]
      let sentence = status.state.sentence(about: status.device)
      let result: DoctorReport.Result =
        switch status.state {
        case .listening: .good
        // A pause is intended.
        case .paused: .note
        default: .failed(advice: Self.advice(for: status.state))
        }
      checks.append(.init("daemon", result, "\(sentence); \(counted(status.transcripts, "digit")) recognised so far"))
      checks += Self.conditionChecks(status)
      if status.state == .listening, status.noiseFloorDBFS <= -120, status.uptimeSeconds > 5,
        !status.conditions.contains(.silent)
      {
        checks.append(
          .init(
            "sound", .failed(advice: "unmute the microphone: digitctl calibrate tells more"),
            "the microphone gives nothing, not even noise"))
      }
      return (checks, true, status)
    } catch let error as SocketError {
      let advice: String
      switch error.reason {
      case .denied:
        let access = SocketAccess(
          path: client.path, group: FileStatus(client.path).flatMap { Account.groupName($0.group) })
        return ([.init("socket", .failed(advice: access.advice), access.sentence)], false, nil)
      case .nobodyThere: advice = "start it: sudo systemctl start digitd, or digitd in a terminal"
      default: advice = "look at the path: --socket or DIGITD_SOCKET"
      }
      return ([.init("socket", .failed(advice: advice), error.description)], false, nil)
    } catch {
      return (
        [.init("socket", .failed(advice: "restart it: sudo systemctl restart digitd"), "\(error)")], error is NoAnswer,
        nil
      )
    }
  }

  /// What is wrong with the signal; while the microphone is closed nothing is.
  private static func conditionChecks(_ status: Event.Status) -> [DoctorReport.Check] {
    guard status.state == .listening else { return [] }
    return status.conditions.map { name in
      let result: DoctorReport.Result =
        switch name {
        case .silent: .failed(advice: "unmute the microphone: digitctl calibrate tells more")
        case .clipping: .failed(advice: RoomReport.clippingAdvice)
        case .hum: .failed(advice: "use another cable or supply, or move the motor away: digitctl calibrate tells more")
        case .cancellingChannels: .failed(advice: ChannelFinding.cancellingAdvice)
        // It is left out, and the others are heard.
        default: .note
        }
      return .init("sound", result, Event.Condition(condition: name, on: true).sentence)
    }
  }
}
