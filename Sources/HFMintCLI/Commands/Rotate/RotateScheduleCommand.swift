internal import HFMintCore

extension Command {
    package static let rotateSchedule = Command(
        name: "rotate schedule",
        summary: "print the timer that calls `hfmint rotate run`",
        description: [
            "Prints a unit for systemd, a line for cron, or a CronJob for Kubernetes. All call `hfmint rotate run` a few"
                + " times an hour; what is due then, the manifest says. There is no daemon."
        ],
        options: [.target, .manifest, .journalDirectory],
        examples: [
            Example("systemd", "hfmint rotate schedule --for systemd --manifest /etc/hfmint/hfmint.json5"),
            Example(
                "Kubernetes",
                "hfmint rotate schedule --for kubernetes --manifest /etc/hfmint/hfmint.json5 | kubectl apply -f -"),
        ],
        run: timer)

    private static func timer(_ call: Call) throws(MintError) -> Report {
        let timer = Timer(
            program: call.context.programPath, manifest: try plainPath(call.manifestPath(), of: "manifest"),
            journal: try plainPath(
                call.arguments.value(.journalDirectory) ?? "/var/lib/hfmint/rotations", of: "journal"))
        switch call.arguments.value(.target) {
        case "systemd": return Report(lines: [timer.systemd])
        case "cron": return Report(lines: [timer.cron])
        case "kubernetes": return Report(lines: [timer.kubernetes])
        case let other:
            throw .usage(
                other.map { "there is no timer for '\($0)'" } ?? "for which scheduler?",
                hint: "--for systemd, --for cron, or --for kubernetes")
        }
    }

    private static func plainPath(_ path: String, of owner: String) throws(MintError) -> String {
        let isPlain = path.utf8.allSatisfy { $0.isASCIILetterOrDigit || "/._-+".utf8.contains($0) }
        guard FilePath(path).isAbsolute, isPlain else {
            throw .usage("a timer needs the \(owner)'s absolute path, without spaces: '\(path)'")
        }
        return path
    }
}

extension Option {
    fileprivate static let target = Option(
        "for", "SCHEDULER", choices: ["systemd", "cron", "kubernetes"], help: "systemd, cron, or kubernetes")
}

/// What calls `hfmint rotate run`, for each scheduler.
private struct Timer {
    let program: String
    let manifest: String
    let journal: String
    /// How many minutes lie between two runs.
    let minutes = Schedule.timerPeriod / 60

    private var options: String { "--manifest \(manifest) --journal-dir \(journal)" }
    private var command: String { "\(program) rotate run \(options)" }
    /// How to make the journal, without which `rotate run` fails.
    private var advice: String { "# Once, before the first run: \(program) rotate init \(options)" }
    private var cronExpression: String { "*/\(minutes) * * * *" }

    /// The service and its timer, for two files.
    var systemd: String {
        """
        \(advice)
        # /etc/systemd/system/hfmint-rotate.service
        [Unit]
        Description=Rotate client secrets that are due
        Wants=network-online.target
        After=network-online.target

        [Service]
        Type=oneshot
        ExecStart=\(command)
        # 4: later. 6: a person is needed; `hfmint rotate status` says why.
        SuccessExitStatus=4
        StateDirectory=hfmint
        StateDirectoryMode=0700
        NoNewPrivileges=yes
        ProtectSystem=strict
        ReadWritePaths=-\(journal)
        PrivateTmp=yes

        # /etc/systemd/system/hfmint-rotate.timer
        [Unit]
        Description=Rotate client secrets that are due

        [Timer]
        OnCalendar=*:0/\(minutes)
        RandomizedDelaySec=60
        FixedRandomDelay=yes
        Persistent=yes

        [Install]
        WantedBy=timers.target
        """
    }

    var cron: String { "\(advice)\n\(cronExpression) \(command)" }

    var kubernetes: String {
        """
        # Once, before the first run, in a pod with the same volumes: hfmint rotate init \(options)
        apiVersion: batch/v1
        kind: CronJob
        metadata:
          name: hfmint-rotate
        spec:
          schedule: "\(cronExpression)"
          concurrencyPolicy: Forbid
          jobTemplate:
            spec:
              backoffLimit: 0
              template:
                spec:
                  restartPolicy: Never
                  securityContext: { runAsNonRoot: true, runAsUser: 65532, fsGroup: 65532 }
                  containers:
                    - name: hfmint
                      image: hfmint # an image of yours that holds hfmint, libcurl4 and the certificates
                      command: [hfmint, rotate, run, --manifest, \(manifest), --journal-dir, \(journal)]
                      volumeMounts:
                        # By its own name: a folder of a ConfigMap holds symbolic links, which are refused.
                        - { name: manifest, mountPath: \(manifest), subPath: \(manifestName), readOnly: true }
                        - { name: journal, mountPath: \(FilePath(journal).normalised.folder) }
                  volumes:
                    - { name: manifest, configMap: { name: hfmint-manifest } }
                    # It must outlive the pod: a rotation that is forgotten half-way is an outage.
                    - { name: journal, persistentVolumeClaim: { claimName: hfmint-journal } }
        """
    }

    private var manifestName: String { FilePath(manifest).normalised.name }
}
