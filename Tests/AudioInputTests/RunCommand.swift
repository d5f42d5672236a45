import Glibc
import TestSupport

/// Runs a program found in PATH, its output thrown away, and returns its exit status.
@discardableResult
func run(_ words: String...) throws -> Int32 {
  var process = pid_t()
  var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) }
  arguments.append(nil)
  defer { for argument in arguments { free(argument) } }
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
  posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
  let result = posix_spawnp(&process, words[0], &actions, nil, arguments, environ)
  guard result == 0 else { throw TestFailure(description: "\(words[0]): error \(result)") }
  var status: Int32 = 0
  while waitpid(process, &status, 0) < 0, errno == EINTR {}
  return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f)
}
