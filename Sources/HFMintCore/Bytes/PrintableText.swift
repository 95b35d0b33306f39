extension String {
    /// The same text on one line: control characters, line separators and invisible directions are escaped.
    ///
    /// A line break in a quoted value could otherwise start a CI workflow command, and an escape sequence could
    /// rewrite what the terminal shows.
    package var printable: String {
        guard unicodeScalars.contains(where: \.mustBeEscaped) else { return self }
        return unicodeScalars.map { $0.mustBeEscaped ? $0.escaped(asASCII: true) : String($0) }.joined()
    }
}

extension Unicode.Scalar {
    fileprivate var mustBeEscaped: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse: true
        default: false
        }
    }
}
