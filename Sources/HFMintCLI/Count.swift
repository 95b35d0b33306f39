/// Returns a count with its noun: `1 sink`, `2 sinks`.
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
