/// Tells endpoints what happens to the secrets of a rotation.
///
/// An event is added to the state that is recorded, so the journal is the outbox. Before each step, ``flush()`` sends
/// what is due to every ``CallbackEndpoint``, in its ``CallbackFormat``: `StandardWebhooks` or `SecurityEventToken`.
/// Each event is sent at least once, under the same id, and its tries are recorded. A callback never holds a value. A
/// failed callback never stops a rotation, unless the manifest says that the endpoint must agree.
struct Outbox {
    let definition: RotationDefinition
    let journal: RotationJournal
    let context: Context

    /// Adds an event of this run to a state that is about to be recorded, due at once for every endpoint.
    func add(
        _ kind: CallbackEvent.Kind, secretID: String? = nil, notBefore: Timestamp? = nil, to state: inout RotationState
    ) {
        state.told.events.append(event(kind, secretID, notBefore, in: state))
    }

    private func event(
        _ kind: CallbackEvent.Kind, _ secretID: String? = nil, _ notBefore: Timestamp? = nil, in state: RotationState
    ) -> CallbackEvent {
        let now = context.clock.now()
        let (run, number) = (state.run.number, state.told.events.count)
        return CallbackEvent(
            // The time keeps ids unique after a journal was lost, as runs are then counted anew.
            id: "\(definition.name).\(run).\(kind.rawValue.replacingDots)-\(number)-\(now.secondsSince1970)",
            run: run, kind: kind, at: now, secretID: secretID, notBefore: notBefore,
            deliveries: definition.callbacks.map { endpoint in
                let url = endpoint.url.description
                let isClosed = state.told.closedEndpoints.contains(url)
                return .init(url: url, status: isClosed ? .closed : .pending, dueAt: now)
            })
    }

    /// Checks that an event can be signed for every endpoint.
    func checkSignatures() throws(StepFailure) {
        for endpoint in definition.callbacks {
            do throws(StepFailure) {
                _ = try endpoint.format.request(
                    for: event(.rotationStarted, in: journal.state), of: definition.name, to: endpoint.url,
                    at: context.clock.now())
            } catch {
                let message = "\(endpoint.url.origin.host): \(error.message)"
                guard error.kind == .refused else { throw StepFailure(error.kind, message) }
                throw .needsPerson(.callbackUnsigned, message)
            }
        }
    }

    /// The seconds between tries, as in the standard's example: three days in all.
    ///
    /// <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>
    private static let spacing = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]

    /// Sends every event that is due, and records what came of it.
    func flush() throws(FileFailure) {
        for eventIndex in journal.state.told.events.indices {
            for index in journal.state.told.events[eventIndex].deliveries.indices {
                let event = journal.state.told.events[eventIndex]
                guard event.deliveries[index].isDue(at: context.clock.now()),
                    let endpoint = definition.callbacks.first(where: {
                        $0.url.description == event.deliveries[index].url
                    })
                else { continue }
                try journal.sendRecordsFirst()
                let sent = send(event, to: endpoint, event.deliveries[index])
                var state = journal.state
                state.told.events[eventIndex].deliveries[index] = sent
                if sent.status == .closed { state.told.close(sent.url) }
                try journal.record(state)
            }
        }
    }

    /// Sends an event to an endpoint once, and returns the new state of the delivery.
    private func send(
        _ event: CallbackEvent, to endpoint: CallbackEndpoint, _ delivery: CallbackEvent.Delivery
    ) -> CallbackEvent.Delivery {
        var delivery = delivery
        delivery.tries += 1
        let (status, retryAfter): (Int, Int?)
        do throws(StepFailure) {
            (status, retryAfter) = try answer(of: endpoint, to: event)
            delivery.problem = (200...299).contains(status) ? nil : "it answered \(status)"
        } catch {
            (status, retryAfter) = (0, nil)
            delivery.problem = error.message
        }
        // An endpoint that must agree is asked until its own deadline.
        let hasEnd = !(endpoint.mustAcknowledge && event.kind == .secretRevoking)
        switch status {
        case 200...299: delivery.status = .delivered
        case 410: delivery.status = .closed
        case _ where hasEnd && delivery.tries > Self.spacing.count: delivery.status = .failed
        default:
            let wait = Self.spacing[min(delivery.tries, Self.spacing.count) - 1]
            delivery.dueAt = context.clock.now() + max(wait, min(retryAfter ?? 0, 86_400))
        }
        return delivery
    }

    private func answer(
        of endpoint: CallbackEndpoint, to event: CallbackEvent
    ) throws(StepFailure) -> (status: Int, retryAfter: Int?) {
        let now = context.clock.now()
        let signed = try endpoint.format.request(for: event, of: definition.name, to: endpoint.url, at: now)
        var request = HTTPRequest(.post, endpoint.url, headers: signed.headers)
        request.peers = endpoint.allowsPrivate ? .any : .publicOnly
        let body = HTTPBody.content(.init(type: signed.contentType, bytes: Secret(copying: signed.body.utf8)))
        do throws(TransportError) {
            let response = try context.send(request, body: body, limits: .default)
            return (response.status, response.retryAfterSeconds(now: now))
        } catch {
            throw .transient(error.reason)
        }
    }
}

extension RotationState.Told {
    /// Records that an endpoint answered 410: it wants no more events.
    fileprivate mutating func close(_ url: String) {
        if !closedEndpoints.contains(url) { closedEndpoints.append(url) }
        for event in events.indices {
            for index in events[event].deliveries.indices {
                let delivery = events[event].deliveries[index]
                guard delivery.url == url, delivery.status == .pending else { continue }
                events[event].deliveries[index].status = .closed
            }
        }
    }
}

extension String {
    fileprivate var replacingDots: String {
        String(decoding: utf8.map { $0 == ASCII.dot ? ASCII.minus : $0 }, as: UTF8.self)
    }
}
