extension RotationMachine {
    /// An event of this run for every endpoint, due at once.
    ///
    /// - Parameter state: what it becomes a part of; the recorded state unless given.
    func event(
        _ kind: CallbackEvent.Kind, secretID: String? = nil, notBefore: Timestamp? = nil,
        in state: RotationState? = nil
    ) -> CallbackEvent {
        let state = state ?? self.state
        let now = context.clock.now()
        let number = state.events.count
        return CallbackEvent(
            id: "\(definition.name).\(state.run).\(kind.rawValue.replacingDots)-\(number)", kind: kind, at: now,
            secretID: secretID, notBefore: notBefore,
            deliveries: definition.callbacks.map {
                .init(url: $0.url.description, status: .pending, attempts: 0, dueAt: now)
            })
    }

    /// The waits between tries, as the standard's example spaces them: three days in all.
    ///
    /// <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>
    private static let spacing = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400]

    /// Tells whoever is due: at least once, durable, under the same id.
    func flushCallbacks() throws(FileFailure) {
        for eventIndex in state.events.indices {
            for index in state.events[eventIndex].deliveries.indices {
                let delivery = state.events[eventIndex].deliveries[index]
                guard delivery.status == .pending, delivery.dueAt <= context.clock.now(),
                    let endpoint = definition.callbacks.first(where: { $0.url.description == delivery.url })
                else { continue }
                let told = tell(endpoint, state.events[eventIndex], delivery)
                var state = state
                state.events[eventIndex].deliveries[index] = told
                try saveState(state)
            }
        }
    }

    private func tell(
        _ endpoint: CallbackEndpoint, _ event: CallbackEvent, _ delivery: CallbackEvent.Delivery
    ) -> CallbackEvent.Delivery {
        var delivery = delivery
        delivery.attempts += 1
        switch answer(of: endpoint, to: event) {
        case .some(200...299): delivery.status = .delivered
        case .some(410): delivery.status = .closed
        case _ where delivery.attempts > Self.spacing.count: delivery.status = .failed
        default: delivery.dueAt = context.clock.now() + Self.spacing[delivery.attempts - 1]
        }
        return delivery
    }

    /// The status, or `nil` where there was none.
    private func answer(of endpoint: CallbackEndpoint, to event: CallbackEvent) -> Int? {
        let now = context.clock.now()
        guard
            let signed = try? endpoint.format.request(
                for: event, of: definition.name, to: endpoint.url, at: now)
        else { return nil }
        let request = HTTPRequest(.post, endpoint.url, headers: signed.headers)
        let body = HTTPBody.content(.init(type: signed.contentType, bytes: Secret(copying: signed.body.utf8)))
        return try? context.send(request, body: body, limits: .default).status
    }
}

extension String {
    fileprivate var replacingDots: String {
        String(decoding: utf8.map { $0 == ASCII.dot ? ASCII.minus : $0 }, as: UTF8.self)
    }
}
