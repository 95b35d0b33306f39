import Glibc
internal import HFMintCore
internal import HFMintTesting

private let hostBytes = Set("abcdefghijklmnopqrstuvwxyz0123456789.-".utf8)

/// An origin is taken where it is a scheme, a plain host and a port, and its description is read as itself.
package func fuzzOrigin(_ input: [UInt8]) {
    guard let origin = Origin(input) else {
        hold(!isPlainOrigin(input), "a plain origin is taken")
        return
    }
    check(origin)
    let start = "\(origin.scheme.rawValue)://\(origin.host)"
    hold(isSpelled(origin, input.map(\.asciiLowercased)[...], start), "the host is the one in the text")
}

/// An IPv6 address has many spellings; every other host has one.
private func isSpelled(_ origin: Origin, _ text: ArraySlice<UInt8>, _ start: String) -> Bool {
    guard origin.host.utf8.first == UInt8(ascii: "["), let open = text.firstIndex(of: UInt8(ascii: "[")),
        let close = text.firstIndex(of: UInt8(ascii: "]"))
    else { return text.starts(with: start.utf8) }
    return IPAddress(v6: text[(open + 1)..<close]) == origin.address
}

private func check(_ origin: Origin) {
    hold(Origin(origin.description.utf8) == origin, "the description of an origin reads as itself")
    hold(
        origin.address != nil || origin.host.utf8.allSatisfy(hostBytes.contains), "a host is in the allow-list")
    hold(!origin.host.isEmpty && origin.host.utf8.count <= 253, "a host has a length")
    hold(!origin.host.utf8.contains(UInt8(ascii: "@")), "no user name")
    hold((1...65_535).contains(origin.port), "a port is in range")
    let parts = origin.host.split(separator: ".", omittingEmptySubsequences: false).map { String($0) }
    let numbers = Set((0...255).map { "\($0)" })
    let isLoopback = parts.count == 4 && parts[0] == "127" && parts.allSatisfy(numbers.contains)
    hold(
        origin.isLoopback
            == (isLoopback || ["localhost", "[::1]"].contains(origin.host) || origin.host.hasPrefix("[::ffff:127.")),
        "only names and addresses of this machine are loopback")
}

/// The plainest of forms, which must never be refused.
private func isPlainOrigin(_ input: [UInt8]) -> Bool {
    guard input.starts(with: "https://".utf8) else { return false }
    let host = input.dropFirst(8)
    return (1...63).contains(host.count) && host.allSatisfy { (97...122).contains($0) }
}

/// A URL keeps every byte of its target and the host that the text begins with; never a user name.
package func fuzzURL(_ input: [UInt8]) {
    let given = text(input)
    guard let url = HTTPURL(given) else { return }
    check(url.origin)
    hold(HTTPURL(url.description) == url, "the description of a URL reads as itself")
    let target = Array(url.target.utf8)
    hold(target.first == UInt8(ascii: "/") && target.allSatisfy { (0x21...0x7E).contains($0) }, "a plain target")
    hold(!target.contains(UInt8(ascii: "#")), "no fragment")
    let authority = input.dropFirst(url.origin.scheme.rawValue.utf8.count + 3).prefix { $0 != 47 && $0 != 63 }
    hold(!authority.contains(UInt8(ascii: "@")), "no user name")
    hold(
        isSpelled(url.origin, authority.map(\.asciiLowercased)[...], url.origin.host), "the host is the one in the text"
    )
    hold(target.suffix(input.count - authority.endIndex) == input[authority.endIndex...], "the target is kept as it is")
    let longer = url.appendingQuery("audience", given)
    hold(longer.origin == url.origin && longer.target.utf8.starts(with: url.target.utf8), "a query only appends")
    hold(longer.description.utf8.count > 8_192 || HTTPURL(longer.description) == longer, "and it is still a URL")
    hold(!url.isConfidential || url.origin.scheme == .https || url.origin.isLoopback, "secrets travel in private")
}

/// Where an ID token may go: to the origin that its audience names, or where both were asked for, or to this machine.
///
/// The input is `--endpoint`, `--audience` (each `-` where it is not given), and variables.
package func fuzzAuthority(_ input: [UInt8]) {
    let parts = fields(input)
    func option(_ index: Int) -> String? {
        guard index < parts.count, parts[index] != [UInt8(ascii: "-")] else { return nil }
        return text(parts[index])
    }
    let environment = Environment(entries: Array(parts.dropFirst(2)))
    guard
        let authority = try? Authority(
            endpointOption: option(0), audienceOption: option(1), environment: environment)
    else { return }
    check(authority.endpoint)
    let endpoint = authority.endpoint
    hold(endpoint.scheme == .https || endpoint.isLoopback, "an ID token never travels in the clear")
    let bothAsked = option(0) != nil && option(1) != nil
    hold(
        Origin(authority.audience.utf8) == endpoint || bothAsked || endpoint.isLoopback,
        "an audience names the endpoint")
    hold(authority.audience.utf8.allSatisfy { (0x21...0x7E).contains($0) }, "an audience is plain")
    let given = Array((option(0) ?? environment[.hfEndpoint] ?? "https://huggingface.co").utf8)
    let origin = Origin(given.last == UInt8(ascii: "/") ? given.dropLast() : given[...])
    hold(origin == endpoint || endpoint == .huggingFace && origin?.host == "hf.co", "the endpoint is the one given")
}

/// The first variable that is set decides, if its address can be right; and never a proxy for this machine.
///
/// The input is an origin, and variables.
package func fuzzProxy(_ input: [UInt8]) {
    let parts = fields(input)
    guard let origin = Origin(parts[0]) else { return }
    let environment = Environment(entries: Array(parts.dropFirst()))
    let names = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"].map { Environment.Key($0) }
    let proxy = names.first { environment[$0] != nil }
    let settings = ProxySettings(FakeMachine(environment).context)
    guard let proxy, origin.scheme == .https, !origin.isLoopback else {
        hold((try? settings.route(to: origin)) == .direct, "no proxy is asked")
        return
    }
    let value = environment.secret(proxy)?.reveal { $0.bytes } ?? []
    let exempt = environment["no_proxy"] ?? environment["NO_PROXY"]
    let route: Route? = try? settings.route(to: origin)
    switch route {
    case .some(.proxy(proxy)): hold((try? ProxyAddress(value)) != nil, "a proxy that is asked has an address")
    case .some(.direct): hold(exempt != nil, "only a list exempts")
    case .none: hold((try? ProxyAddress(value)) == nil, "only an address that cannot be right is refused")
    default: hold(false, "no other way")
    }
}

/// A proxy's address is taken where it is plain, and its description shows nothing of a password.
package func fuzzProxyAddress(_ input: [UInt8]) {
    guard let proxy = try? ProxyAddress(input) else { return }
    let shown = proxy.description
    hold(!shown.isEmpty && shown.utf8.allSatisfy { $0.isASCIIVisible && !"@/?#%".utf8.contains($0) }, "plain words")
    let start = input.lastIndex(of: UInt8(ascii: "@")).map { $0 + 1 } ?? 0
    let isThere = input[start...].indices.contains { input[$0...].starts(with: shown.utf8) }
    hold(isThere || shown.utf8.last.map(\.isASCIIDigit) == true, "it stands behind the user name and the password")
    let again = try? ProxyAddress(Array("\(proxy.scheme.rawValue)://\(shown)".utf8))
    hold(again?.host == proxy.host && again?.port == proxy.port, "the description reads as the same place")
    hold(!input.contains { $0 <= 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "\"") }, "no blank, control or quote")
}

/// An address is read as the C library reads it, and written in one spelling.
package func fuzzIPAddress(_ input: [UInt8]) {
    for (family, count, address) in [
        (AF_INET, 4, IPAddress(v4: input)), (AF_INET6, 16, IPAddress(v6: input)),
    ] {
        var bytes = [UInt8](repeating: 0, count: count)
        let isPlain = !input.contains(0)
        let known = unsafe inet_pton(family, text(input), &bytes)
        let isKnown = isPlain && known == 1
        hold((address?.bytes == bytes) == isKnown && (address == nil) == !isKnown, "as inet_pton reads it")
        guard let address else { continue }
        hold(IPAddress(host: address.host.utf8) == address, "its spelling reads as itself")
        hold(IPAddress.complaint(about: Array(address.host.utf8)[...]) == nil, "and nothing is wrong with it")
    }
    _ = IPAddress.complaint(about: input[...])
}
