import HTTPTypes
import Hummingbird

/// The page's files, all of which are part of the program.
enum PageFiles {
  struct File: Sendable {
    var path: String
    var type: String
    var bytes: [UInt8]
  }

  /// - Parameter limits: the server's limits; the page gets them as a script.
  static func all(_ limits: WebLimits) -> [File] {
    unchanging + [script("limits", Array(limits.script.utf8))]
  }

  private static let unchanging: [File] = [
    File(path: "/", type: "text/html; charset=utf-8", bytes: PackageResources.index_html),
    File(path: "/page.css", type: "text/css; charset=utf-8", bytes: PackageResources.page_css),
    File(path: "/icon.svg", type: "image/svg+xml", bytes: PackageResources.icon_svg),
    script("page", PackageResources.page_js), script("live", PackageResources.live_js),
    script("recording", PackageResources.recording_js), script("microphone", PackageResources.microphone_js),
    script("recorder", PackageResources.recorder_js), script("sound", PackageResources.sound_js),
    script("spectrum", PackageResources.spectrum_js), script("waterfall", PackageResources.waterfall_js),
    script("words", PackageResources.words_js), script("parts", PackageResources.parts_js),
    script("models", PackageResources.models_js),
    script("gestures", PackageResources.gestures_js), script("show", PackageResources.show_js),
    script("mel", Array(MelBands.script.utf8)), script("states", Array(StateWords.script.utf8)),
    example("seven", PackageResources.seven_flac), example("four-seven-zero", PackageResources.three_flac),
    File(path: "/schema.json", type: "application/schema+json", bytes: PackageResources.schema_json),
    File(path: "/openapi.json", type: "application/json", bytes: PackageResources.openapi_json),
  ]

  private static func example(_ name: String, _ bytes: [UInt8]) -> File {
    File(path: "/examples/\(name).flac", type: "audio/flac", bytes: bytes)
  }

  private static func script(_ name: String, _ bytes: [UInt8]) -> File {
    File(path: "/\(name).js", type: "text/javascript; charset=utf-8", bytes: bytes)
  }
}

extension PageFiles.File {
  var response: Response {
    Response(
      status: .ok, headers: [.contentType: type, .contentLength: "\(bytes.count)"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
  }
}
