import Glibc
import HFMintSystem
import Testing

@Suite("a signal that is held back")
struct PosixInterruptsTests {
    @Test("ends nothing, and is told once it has arrived", arguments: [SIGINT, SIGTERM])
    func held(number: CInt) {
        let interrupts = PosixInterrupts()
        #expect(!interrupts.haveArrived)
        interrupts.hold()
        #expect(!interrupts.haveArrived)
        // To this thread alone: the others of this process do not hold it back.
        pthread_kill(pthread_self(), number)
        #expect(interrupts.haveArrived)
        #expect(interrupts.haveArrived)
    }
}
