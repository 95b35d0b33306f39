extension FrontDoor {
    package static let kubernetes = FrontDoor(
        name: "kubernetes", help: "a Deployment of nginx and hfmint with its ConfigMap and Service", listens: false
    ) { KubernetesManifests(question: $0).text }
}

/// A pod in which nginx asks hfmint at a socket that only the two see.
///
/// <https://kubernetes.io/docs/concepts/workloads/controllers/deployment/>
private struct KubernetesManifests {
    let question: FrontDoorQuestion

    /// Above 1023, because nginx is nobody's root.
    private static let port = 8443

    var text: String {
        let title = question.title("kubernetes").map { "# \($0)" }.joined(separator: "\n")
        return """
            \(title)
            # It needs a ConfigMap `hfmint-manifest` with \(manifestName), a Secret `hfmint-tls` with tls.crt and tls.key\
            \(secrets.files.isEmpty && secrets.variables.isEmpty ? "." : ",\n# and \(credentials).")
            # A change of either needs `kubectl rollout restart deployment/hfmint-serve`.
            apiVersion: v1
            kind: ConfigMap
            metadata:
              name: hfmint-nginx
            data:
              nginx.conf: |
            \(nginx.indented(by: 4))
            ---
            apiVersion: v1
            kind: Service
            metadata:
              name: hfmint-serve
            spec:
              selector: { app: hfmint-serve }
              ports:
                - { name: https, port: \(question.definition.origin.port), targetPort: https }
            ---
            \(deployment)
            """
    }

    private var nginx: String {
        let http = """
            access_log /dev/stdout hfmint;
            client_body_temp_path /tmp/body;
            proxy_temp_path /tmp/proxy;
            fastcgi_temp_path /tmp/fastcgi;
            uwsgi_temp_path /tmp/uwsgi;
            scgi_temp_path /tmp/scgi;
            """
        let surroundings = NginxConfiguration.Surroundings.tls(
            question, main: "pid /tmp/nginx.pid;\nerror_log stderr;", http: http,
            certificate: "/etc/hfmint-tls/tls.crt",
            key: "/etc/hfmint-tls/tls.key", port: Self.port)
        return NginxConfiguration(question: question, surroundings: surroundings).text
    }

    private var deployment: String {
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: hfmint-serve
        spec:
          # Each pod counts by itself how often an ID token was traded: with more than one, it may be traded in each.
          replicas: 1
          selector:
            matchLabels: { app: hfmint-serve }
          template:
            metadata:
              labels: { app: hfmint-serve }
            spec:
              automountServiceAccountToken: false
              terminationGracePeriodSeconds: 60
              securityContext:
                runAsNonRoot: true
                # The group of the socket, of which both are.
                fsGroup: 65532
                seccompProfile: { type: RuntimeDefault }
              containers:
                - name: nginx
                  # CHANGE: a version that you have tried; 1.22 or later.
                  image: nginxinc/nginx-unprivileged:stable
                  command: [nginx, -c, /etc/nginx-hfmint/nginx.conf, -g, "daemon off;"]
                  ports:
                    - { name: https, containerPort: \(Self.port) }
                  livenessProbe:
                    tcpSocket: { port: https }
                  # Not /readyz: where a bad manifest is not taken, the one before is obeyed, and no pod may leave for it.
                  readinessProbe:
        \(probe("/healthz").indented(by: 12))
                  resources:
                    requests: { cpu: 100m, memory: 64Mi }
                    limits: { memory: 512Mi }
        \(security(101))
                  volumeMounts:
                    - { name: nginx, mountPath: /etc/nginx-hfmint, readOnly: true }
                    - { name: tls, mountPath: /etc/hfmint-tls, readOnly: true }
                    - { name: socket, mountPath: \(socketFolder) }
                    - { name: temporary, mountPath: /tmp }
                - name: hfmint
                  # CHANGE: an image of yours that holds hfmint, libcurl4 and the certificates.
                  image: hfmint
                  command: [hfmint, serve, run, --manifest, \(question.manifestPath), --state-dir, /var/lib/hfmint]
        \(environment)\
                  # Asked through nginx, which answers of itself only that hfmint does not.
                  livenessProbe:
        \(probe("/healthz").indented(by: 12))
                  lifecycle:
                    # nginx ends first, so that no request finds nobody to ask.
                    preStop: { sleep: { seconds: 5 } }
                  resources:
                    requests: { cpu: 100m, memory: 32Mi }
                    limits: { memory: 256Mi }
        \(security(65532))
                  volumeMounts:
                    # By their own names: a folder of a ConfigMap holds symbolic links, which are refused.
                    - { name: manifest, mountPath: \(question.manifestPath), subPath: \(manifestName), readOnly: true }
        \(secretMounts)\
                    - { name: socket, mountPath: \(socketFolder) }
                    - { name: state, mountPath: /var/lib/hfmint }
              volumes:
                - { name: nginx, configMap: { name: hfmint-nginx } }
                - { name: tls, secret: { secretName: hfmint-tls, defaultMode: 0440 } }
                - { name: manifest, configMap: { name: hfmint-manifest } }
        \(secretVolume)\
                - { name: socket, emptyDir: { medium: Memory, sizeLimit: 1Mi } }
                - { name: temporary, emptyDir: { medium: Memory, sizeLimit: 64Mi } }
        \(denied)\
                # CHANGE: a PersistentVolumeClaim, if an ID token must not be traded again after the pod is replaced.
                - { name: state, emptyDir: {} }
        """
    }

    private var denied: String {
        question.definition.deny.map {
            "        # CHANGE: bring \($0) to hfmint too, by a volume that changes in place.\n"
        } ?? ""
    }

    private var secrets: ServeSecrets { ServeSecrets(of: question.definition) }
    private var manifestName: String { FilePath(question.manifestPath).name }
    private var socketFolder: String { FilePath(question.socket).folder }

    private var credentials: String {
        let names = secrets.files.map(secrets.name) + secrets.variables
        return "a Secret `hfmint-serve` with \(names.joined(separator: ", "))"
    }

    private func probe(_ path: String) -> String {
        """
        periodSeconds: 5
        httpGet:
          path: \(path)
          port: \(Self.port)
          scheme: HTTPS
          httpHeaders: [{ name: Host, value: "\(question.definition.origin.host)" }]
        """
    }

    private func security(_ user: Int) -> String {
        """
        securityContext:
          runAsUser: \(user)
          runAsGroup: \(user)
          allowPrivilegeEscalation: false
          readOnlyRootFilesystem: true
          capabilities: { drop: [ALL] }
        """.indented(by: 10)
    }

    private var environment: String {
        guard !secrets.variables.isEmpty else { return "" }
        let rows = secrets.variables.map { name in
            "            - { name: \(name), valueFrom: { secretKeyRef: { name: hfmint-serve, key: \(name) } } }\n"
        }
        return "          env:\n" + rows.joined()
    }

    private var secretMounts: String {
        secrets.files.map { path in
            """
                        - { name: credentials, readOnly: true, mountPath: \(path), subPath: "\(secrets.name(of: path))" }

            """
        }.joined()
    }

    private var secretVolume: String {
        secrets.files.isEmpty
            ? "" : "        - { name: credentials, secret: { secretName: hfmint-serve, defaultMode: 0440 } }\n"
    }
}
