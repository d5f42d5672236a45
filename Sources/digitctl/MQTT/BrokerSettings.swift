/// How to reach a broker.
package struct BrokerSettings: Sendable, Equatable {
  package struct TLS: Sendable, Equatable {
    /// The certificate authorities to trust; nil for the system's.
    package var authorities: String?
    /// The client's own certificate and its key.
    package var certificate: String?
    package var key: String?

    package init(authorities: String? = nil, certificate: String? = nil, key: String? = nil) {
      self.authorities = authorities
      self.certificate = certificate
      self.key = key
    }
  }

  package struct Login: Sendable, Equatable {
    package var user: String
    package var password: String?

    package init(user: String, password: String?) {
      self.user = user
      self.password = password
    }
  }

  /// Without and with TLS.
  package static let (usualPort, usualTLSPort) = (1883, 8883)

  package var host: String
  package var port: Int
  package var tls: TLS?
  package var login: Login?
  /// In seconds: after one and a half times as long without a message each side considers the other gone.
  package var keepAlive = 20

  package init(host: String, port: Int, tls: TLS? = nil, login: Login? = nil) {
    self.host = host
    self.port = port
    self.tls = tls
    self.login = login
  }
}

/// Why a connection to a broker ended, or never began.
package enum BrokerEnd: Error, Sendable, Equatable, CustomStringConvertible {
  /// On request.
  case ended
  /// The broker refuses the connection; this may pass, for example when its authentication service starts later.
  case refused(String)
  /// The settings cannot work: a file that cannot be read, a certificate that is not trusted.
  case unusable(String)
  /// It is missing, or went away.
  case lost(String)

  package var description: String {
    switch self {
    case .ended: "ended"
    case .refused(let reason), .unusable(let reason), .lost(let reason): reason
    }
  }
}
