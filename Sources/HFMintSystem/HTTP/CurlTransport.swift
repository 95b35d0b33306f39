private import CCurl
package import HFMintCore
internal import Synchronization

/// An ``HTTPTransport`` over libcurl.
///
/// ``CurlTransport`` checks the request and takes an idle ``EasyHandle``; `Transfer` sets libcurl's options; the handle
/// performs the transfer and collects the answer; `CurlFailure.swift` turns libcurl's error into a ``TransportError``.
///
/// No request makes it follow a redirect, speak plain http to another machine, accept less than TLS 1.2, read `.netrc`,
/// or let libcurl look for a proxy by itself.
package final class CurlTransport: HTTPTransport {
    private let environment: Environment
    /// Lets eight requests at once go to one host, because more would meet rate limits.
    private let gate = HostGate(most: 8)
    private let idle = Mutex<[IdleHandle]>([])
    /// Whether the certificates that are read fastest have failed once, so that libcurl's own choice is used from then
    /// on.
    private let prefersDefault = Mutex(false)

    /// - Parameter environment: holds the address of a proxy for ``Route/proxy(_:)``, which may contain a password.
    package init(environment: Environment) {
        self.environment = environment
    }

    package func send(
        _ request: HTTPRequest, credential: borrowing HTTPCredential, body: borrowing HTTPBody
    ) throws(TransportError) -> HTTPResponse {
        guard request.isAllowed else {
            throw TransportError(.policy, "plain http to another machine is never used")
        }
        let library = try Self.library()
        guard request.peers == .any || !PublicAddress.isPrivateByName(request.url.origin.host) else {
            throw TransportError(
                .policy, "its address is this machine's or a private one, and allowPrivate is not set")
        }
        guard credential.fitsOnOneLine else {
            throw TransportError(.policy, "the credential for it holds a byte that no header may hold")
        }
        gate.enter(request.url.origin)
        defer { gate.leave(request.url.origin) }
        let transfer = Transfer(request, environment: environment, trust: systemTrust)
        let handle = try takeHandle(library)
        defer { idle.withLock { $0.append(IdleHandle(handle)) } }
        do throws(TransportError) {
            return try transfer.perform(on: handle, credential, body)
        } catch {
            // The certificate was refused, so nothing secret has been sent yet.
            guard transfer.mayTryOtherTrust(after: error), !prefersDefault.withLock({ $0 }) else { throw error }
            prefersDefault.withLock { $0 = true }
            return try Transfer(request, environment: environment, trust: systemTrust).perform(
                on: handle, credential, body)
        }
    }

    package func closeIdleConnections() {
        idle.withLock { $0 = [] }
    }

    /// The library that is used, such as `libcurl 7.88.1 (OpenSSL/3.0.15)`, `libcurl-gnutls 7.88.1 (GnuTLS/3.7.9)`.
    package var version: String? { (try? LibCurl.opened.get())?.build.description }

    private var systemTrust: SystemTrust { prefersDefault.withLock { $0 } ? .default : .fastest }

    private static func library() throws(TransportError) -> LibCurl {
        do throws(MintError) {
            return try LibCurl.opened.get()
        } catch {
            throw TransportError(.library, error.message, hint: error.hint)
        }
    }

    private func takeHandle(_ library: LibCurl) throws(TransportError) -> EasyHandle {
        if let handle = idle.withLock({ $0.popLast() }) { return handle.handle }
        do throws(CurlError) {
            return try EasyHandle(library)
        } catch {
            throw TransportError(.library, "\(library.build.description) could not be started")
        }
    }
}

extension HTTPRequest {
    /// Whether plain http stays on this machine, on a unix socket, or with a cloud's metadata server.
    fileprivate var isAllowed: Bool {
        switch route {
        case .unixSocket: true
        case .metadataServer: url.isConfidential || Route.metadataHosts.contains(url.origin.host)
        case .direct, .proxy: url.isConfidential
        }
    }
}

/// A handle that no thread uses.
private struct IdleHandle: @unchecked Sendable {
    // `@unchecked`: threads pass it on only through the lock around the list of idle handles.
    let handle: EasyHandle

    init(_ handle: EasyHandle) {
        self.handle = handle
    }
}
