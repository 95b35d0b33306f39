/// What `hfmint serve config` prints: the configuration of a web server that asks hfmint before each request, or of what
/// starts the two.
///
/// Each is a complete file that works as it is. None writes to the machine.
package struct FrontDoor: Sendable {
    /// The word after `--for`.
    package let name: String
    /// One clause, lower case, without a full stop: what the file is.
    package let help: String
    /// Returns the file, which ends without a newline.
    package let text: @Sendable (FrontDoorQuestion) -> String

    package init(name: String, help: String, text: @escaping @Sendable (FrontDoorQuestion) -> String) {
        self.name = name
        self.help = help
        self.text = text
    }
}

/// What a ``FrontDoor`` is to be written for.
///
/// Paths and addresses hold only what no configuration reads as anything else: letters, digits and `/._-+:[]`.
package struct FrontDoorQuestion: Sendable {
    package let definition: ServeDefinition
    /// The absolute path of the socket at which hfmint answers.
    package let socket: String
    package let listen: Listen
    /// The absolute path of the manifest.
    package let manifestPath: String
    /// The absolute path of hfmint.
    package let programPath: String

    /// Where the web server listens.
    package enum Listen: Equatable, Sendable {
        /// On port 443 of all addresses, with a certificate whose paths are marked by comments.
        case tls
        /// Without TLS, at an address of this machine alone: `127.0.0.1:8080`.
        case plain(String)
    }

    package init(
        definition: ServeDefinition, socket: String, listen: Listen, manifestPath: String, programPath: String
    ) {
        self.definition = definition
        self.socket = socket
        self.listen = listen
        self.manifestPath = manifestPath
        self.programPath = programPath
    }
}

extension FrontDoorQuestion {
    /// Whether the host is that of `origin`, which has the broker's and the operator's locations too.
    package func hasBroker(_ host: ServeDefinition.Host) -> Bool { host.name == definition.origin.host }
}
