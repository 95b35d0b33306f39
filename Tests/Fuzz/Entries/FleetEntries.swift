internal import HFMintCore

/// A plan's file is read only as it was written, and a plan that was read is the one that would be made again.
///
/// The input is a file, and once more the members behind a right id.
package func fuzzFleetPlan(_ input: [UInt8]) {
    check(input)
    let start = "{\"hfmint_plan\":1,\"id\":\"\(fingerprint([input]))\","
    check(Array(start.utf8) + input.dropFirst() + Array("\n".utf8))
}

private func check(_ bytes: [UInt8]) {
    do throws(Malformed) {
        let plan = try FleetPlan(parsing: bytes)
        hold(plan.rendered() == bytes, "there is one spelling")
        guard let root = LittleJSON.read(bytes) else { return hold(false, "a plan is JSON for another reader too") }
        hold(root["id"]?.string == Array(plan.id.utf8), "both readers see the same id")
        hold(root["manifest_sha256"]?.string == Array(plan.manifestDigest.utf8), "and the same manifest")
        hold(bytes.contains(text: "\"has_changes\":\(plan.hasChanges)"), "a file says whether it changes anything")
        hold(!text(bytes.dropLast()).unicodeScalars.contains(where: isTroublesome), "a file is one plain line")
        let isMortal = plan.expiresAt > plan.createdAt
        hold(!isMortal || plan.staleness(against: plan).isEmpty, "nothing has moved")
    } catch {
        hold(error.reason.utf8.count < 100, "a reason is short")
        hold(!error.reason.unicodeScalars.contains(where: isTroublesome), "a reason is one line")
    }
}

/// A mark is found again behind whatever a user writes, and takes nothing of it away.
///
/// The input is a description, an app and a version, and all three as the tags of an endpoint.
package func fuzzSpaceMark(_ input: [UInt8]) {
    let said = fields(input).map(text)
    let description = said[0]
    let digest = said.count > 3 ? "00112233445566778899aabb" : nil
    let mark = SpaceMark(
        app: said.count > 1 ? said[1] : description, generation: input.count,
        version: said.count > 2 ? said[2] : nil, digest: digest)
    let own = SpaceMark.text(of: description)
    let marked = mark.put(into: description)
    hold(SpaceMark(in: marked) == mark, "what is written is read")
    hold(same(mark.put(into: marked), marked), "a mark is put once")
    hold(marked.utf8.starts(with: own.utf8), "the user's text is in front")
    hold(marked.utf8.count <= own.utf8.count + 513, "a mark is short")
    hold(SpaceMark(in: own) == nil && same(SpaceMark.text(of: own), own), "the user's text holds no mark")
    if let found = SpaceMark(in: description) {
        hold(SpaceMark(in: found.put(into: nil)) == found, "what is read is written as the same")
    } else {
        hold(description.utf8.starts(with: own.utf8), "nothing is taken from a text without a mark")
    }
    let tags = mark.put(intoTags: said)
    hold(SpaceMark(inTags: tags) == mark, "tags hold the mark")
    hold(mark.put(intoTags: tags) == tags, "and hold it once")
}
