internal import HFMintCore

/// The start of the `fleet` commands: what the manifest declares, and the Hub that it is about.
///
/// A command makes a session, which reads the manifest. ``survey(pruning:)`` asks the Hub and compares. ``FleetWords``
/// tells what differs, ``FleetProgress`` what is under way. HFMintCore does the work: no command of this folder decides
/// what is written, and none sees a secret.
struct FleetSession {
    let manifest: Manifest
    let definition: FleetDefinition
    /// The app that the user named, or nil for all.
    let app: String?
    /// The Hub.
    let endpoint: Origin
    private let call: Call
    private var context: Context { call.context }

    /// What the manifest and the Hub differ in, and what a plan would do about it.
    struct Survey {
        let differences: [Difference]
        let plan: FleetPlan
        fileprivate let unlisted: [String]
        fileprivate let declared: [any DeclaredResource]

        /// - Parameter asPlan: whether it is told as what would be done, not as what was found.
        func words(asPlan: Bool) -> FleetWords {
            FleetWords(differences, plan, unlisted: unlisted, of: declared, isPlan: asPlan)
        }
    }

    /// - Parameters:
    ///   - asksServers: whether the Hub will be asked. If so, the proxy is checked first.
    ///   - needsResources: whether a fleet without Spaces and endpoints is a mistake.
    init(_ call: Call, asksServers: Bool = true, needsResources: Bool = true) throws(MintError) {
        self.call = call
        if asksServers { try call.context.checkProxy() }
        endpoint = try call.arguments.authority(in: call.context.environment).endpoint
        app = call.arguments.value(.app)
        let root = try call.manifestPath()
        let path = app.map { FilePath($0).from(FilePath(root).folder).normalised.text } ?? root
        if app != nil { try Self.checkParent(of: path, is: root, call) }
        manifest = try call.openManifest(at: path, on: Provider.detected(in: call.context.job))
        guard app == nil || manifest.isApp else {
            throw .usage("'\(path)' is no app's manifest", hint: "an app has 'extends'; leave out --app for all")
        }
        guard let definition = try manifest.fleet(in: call.context.machine) else {
            throw MintError(
                .manifestInvalid, "'\(path)' and its apps have no 'fleet'",
                hint: "`hfmint manifest schema` prints what it may say")
        }
        self.definition = definition
        guard !needsResources || !definition.resources.isEmpty else {
            throw MintError(
                .manifestInvalid, "'\(path)' declares no Space and no endpoint, and so nothing is compared or removed",
                hint: "`hfmint fleet adopt owner/name` prints what it may say")
        }
    }

    /// Throws if the app names another parent than the user: the parent says what an app may do, and with which
    /// credentials.
    private static func checkParent(of app: String, is root: String, _ call: Call) throws(MintError) {
        guard let parent = try Manifest(at: app, in: call.context.machine).parentPath else { return }
        let folder = call.context.files.workingDirectory
        func place(_ path: String) -> String { FilePath(path).from(folder).normalised.text }
        guard !place(parent).utf8.elementsEqual(place(root).utf8) else { return }
        throw .usage(
            "'\(app)' extends '\(parent)', and not '\(root)'", hint: "an app of a manifest names it in 'extends'")
    }

    /// Reads all of the fleet at the Hub, and compares it with the manifest.
    ///
    /// - Parameters:
    ///   - directory: where this machine remembers its writes, or nil.
    ///   - pruning: the most that may be deleted, or nil if nothing is.
    func survey(in directory: (any PrivateDirectory)?, pruning: Int? = nil) throws(MintError) -> Survey {
        context.progress("reading \(counted(definition.resources.count, "resource"))")
        let reading = try reader().read()
        let differences = try secrets(rememberedIn: directory).comparison(of: definition, with: reading)
        let unlisted = reading.unlisted.map { "the Spaces of \($0)" }
        let plan = try FleetPlan(
            differences, unlisted: unlisted, of: definition, on: endpoint, app: app, pruning: pruning,
            at: context.clock.now())
        return Survey(differences: differences, plan: plan, unlisted: unlisted, declared: definition.resources)
    }

    /// Returns what asks the Hub, with the credential that reads.
    ///
    /// Only a job that administers has the other one: without it, less is proven.
    func reader() throws(MintError) -> FleetReader {
        let admin: HubAccess? = definition.admin == nil ? nil : try? access(definition.admin)
        return FleetReader(definition, try access(definition.read), admin: admin)
    }

    /// Returns how the Hub is asked with a credential; without one, as anybody may ask.
    func access(_ reference: SecretReference?) throws(MintError) -> HubAccess {
        HubAccess(
            endpoint, endpointsURL: definition.endpointsURL,
            token: try definition.credential(reference, in: context), in: context)
    }

    /// Returns what is known of the secrets; without the key of marks, which a plan may lack, their versions alone.
    private func secrets(rememberedIn directory: (any PrivateDirectory)?) throws(MintError) -> FleetSecrets {
        let record: FleetRecord
        do throws(FileFailure) {
            record = try FleetRecord(reading: directory, endpoint: endpoint)
        } catch {
            throw MintError(.stateUnusable, "cannot read '\(error.path)': \(error.reason)")
        }
        do throws(MintError) {
            return try FleetSecrets(definition, record, in: context)
        } catch {
            guard error.code == .stateUnusable, definition.key != nil else { throw error }
            context.note("secrets are compared by their version alone: \(error.message)")
            var unkeyed = definition
            unkeyed.key = nil
            return try FleetSecrets(unkeyed, record, in: context)
        }
    }

    /// Begins the rotations of a release, as far as this version has not begun them.
    ///
    /// - Returns: the report of those that have not delivered; nil if all have.
    func rotate(for version: String, rememberedIn directory: (any PrivateDirectory)?) throws(MintError) -> Report? {
        guard !manifest.isApp else {
            throw .usage("--release is about all of the fleet", hint: "leave out --app")
        }
        let session = try RotateSession(call, of: manifest)
        let release = FleetRelease(version, of: definition, try session.rotations(), rememberedIn: directory)
        let results = try release.run()
        guard !results.allSatisfy(FleetRelease.isDelivered) else {
            for result in results { context.note("release \(version): \(result.line(session.command))") }
            return nil
        }
        return session.report(results)
    }

    /// Opens the directory in which this machine remembers its writes; nil if there is none, which proves less.
    ///
    /// - Parameter making: whether it is made if it is not there.
    func recordDirectory(making: Bool) throws(MintError) -> (any PrivateDirectory)? {
        let named = call.arguments.value(.recordDirectory) ?? context.environment[.fleetDirectory]
        guard let path = named ?? context.environment.defaultStateDirectory("fleet") else { return nil }
        do throws(FileFailure) {
            let opened = try context.openStateDirectory(path, making: making)
            if let opened { call.audit.keep(in: opened.path) }
            return opened
        } catch {
            guard named != nil else {
                // Nothing depends on it but how much is proven.
                context.note("writes are not remembered in '\(error.path)': \(error.reason)")
                return nil
            }
            throw MintError(
                .stateUnusable, "cannot remember what was written in '\(error.path)': \(error.reason)",
                hint: "name a directory that is yours alone (0700) with --record-dir or HFMINT_FLEET_DIR")
        }
    }

    /// The `hfmint fleet …` that a person types next about the same fleet.
    func command(_ operation: String) -> String {
        let options = [Option.manifest, .app].compactMap { option in
            call.arguments.value(option).map { " --\(option.name) \(shellQuoted($0))" }
        }
        return "hfmint fleet \(operation)\(options.joined())"
    }
}

extension FleetSession {
    /// Returns what plans call the Space or endpoint that the one operand names.
    static func resource(_ call: Call) throws(MintError) -> String {
        guard call.arguments.operands.count == 1, let text = call.arguments.operands.first else {
            throw .usage("name one Space or endpoint", hint: "spaces/owner/name, or endpoints/owner/name")
        }
        let prefix = "endpoints/"
        let isEndpoint = text.utf8.starts(with: prefix.utf8)
        let bare = isEndpoint ? String(decoding: text.utf8.dropFirst(prefix.utf8.count), as: UTF8.self) : text
        let resource = try Resource(
            parsing: bare, endpoint: call.arguments.authority(in: call.context.environment).endpoint)
        // A bare owner/name is a model elsewhere; a fleet has none.
        guard resource.kind == .space || resource.kind == .model, !isEndpoint || resource.kind == .model else {
            throw .usage("'\(text)' is no Space and no endpoint", hint: "spaces/owner/name, or endpoints/owner/name")
        }
        let name = "\(resource.namespace)/\(resource.name)"
        return isEndpoint ? prefix + name : "spaces/\(name)"
    }
}

extension FleetSession {
    /// Returns an error if something could not be read.
    func unreadFailure(_ unread: [String]) -> MintError? {
        guard let first = unread.first else { return nil }
        return MintError(
            .issuerRefused, "\(unread.count) could not be read: \(first)",
            details: Array(unread.dropFirst().prefix(20)),
            hint: "nothing of it is taken for missing; which right is lacking: hfmint doctor --fleet")
    }
}
