import Testing
import digitctl

@Suite struct SocketAccessTests {
  @Test func `the socket's group is named and to be joined`() {
    let access = SocketAccess(path: "/run/x", group: "digitd")
    #expect(access.sentence == "no permission for the socket /run/x: it is for the group digitd")
    #expect(access.advice == "sudo usermod -aG digitd $USER, then log in again")
    #expect(SocketAccess(path: "/run/x", group: nil).advice == access.advice)
  }

  @Test func `nobody is advised to join the group root`() {
    let access = SocketAccess(path: "/run/x", group: "root")
    #expect(access.sentence.hasSuffix("the group root"))
    #expect(access.advice.contains("sudo systemctl enable --now digitd") && !access.advice.contains("usermod"))
  }
}
