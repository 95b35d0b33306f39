internal import HFMintCore
internal import HFMintTesting
private import Synchronization

/// The same bytes are the same conversation in pieces of any size; what is said is whole records; nothing is asked that
/// the bytes do not ask for.
package func fuzzFastCGI(_ input: [UInt8]) {
    let whole = converse(input, pieces: .max)
    for size in [1, 7, 64] {
        let pieces = converse(input, pieces: size)
        hold(pieces.output == whole.output && pieces.next == whole.next, "pieces change nothing")
        hold(pieces.targets == whole.targets && pieces.notes == whole.notes, "pieces ask the same")
    }
    guard let records = FastCGIBytes.records(whole.output) else { return hold(false, "what is said is whole records") }
    hold(records.allSatisfy { [3, 6, 10, 11].contains($0.type) }, "a responder sends no other type")
    hold(records.allSatisfy { ($0.id == 0) == ($0.type > 9) }, "only management has the id 0")
    hold(whole.targets.count * 100 <= input.count, "each question has its own parameters")
    hold(whole.targets.allSatisfy { !$0.isEmpty }, "each question has a target")
    hold(whole.notes.count <= 2, "nothing is believed after a fault, and one refusal may come before it")
    let ended = records.filter { $0.type == 3 }.count
    hold(ended * 16 <= input.count, "each end has a beginning")
    // What is the matter with one connection is not with the next.
    let next = converse(FastCGIBytes.request(), pieces: .max)
    hold(FastCGIBytes.answer(next.output) == "Status: 204 No Content\r\n\r\n", "the next connection is answered")
}

private struct Conversed {
    var output: [UInt8] = []
    var next = ConversationTurn.Next.stay
    var targets: [[UInt8]] = []
    var notes: [String] = []
}

private func converse(_ input: [UInt8], pieces size: Int) -> Conversed {
    let heard = Heard()
    let service = FastCGIService(
        respond: { request, reply in
            heard.targets.withLock { $0.append(request.uri) }
            reply.send(ServeAnswer(.noContent))
        })
    var conversed = Conversed()
    let conversation = service.open(isOverloaded: false) {}
    var rest = input[...]
    while !rest.isEmpty && conversed.next != .close {
        let piece = Array(rest.prefix(size))
        rest = rest.dropFirst(piece.count)
        let turn = conversation.receive(piece.span)
        conversed.notes += turn.complaints
        for secret in turn.output { conversed.output += secret.secret.reveal { $0.bytes } }
        // As a listener does, which hears nothing more.
        if turn.next != .stay { conversed.next = turn.next }
    }
    conversation.end()
    conversed.targets = heard.targets.withLock { $0 }
    return conversed
}

private final class Heard: Sendable {
    let targets = Mutex<[[UInt8]]>([])
}
