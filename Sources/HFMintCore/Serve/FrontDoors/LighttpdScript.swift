extension FrontDoor {
    package static let lighttpdScript = FrontDoor(
        name: "lighttpd-lua", help: "hfmint.lua, which lighttpd's configuration names"
    ) { question in
        let title = question.title("lighttpd-lua").map { "-- \($0)" }.joined(separator: "\n")
        return "\(title)\n\n\(LighttpdConfiguration(question: question).luaText)"
    }
}

extension LighttpdConfiguration {
    /// A script that lighttpd runs for each request before it asks hfmint, once more after a yes, and for each answer.
    ///
    /// <https://redmine.lighttpd.net/projects/lighttpd/wiki/Mod_magnet>
    var luaText: String {
        let rows = question.definition.hosts.map { host in
            let authorities = [host.upstream.authority, host.upstreamAuthorityWithPort].map { "[\"\($0)\"] = true" }
            let origin = question.hasBroker(host) ? "true" : "false"
            return """
                    ["\(host.name)"] = {
                        here = "\(question.publicAddress(host))",
                        upstream = "\(host.upstream)",
                        authority = "\(host.upstream.authority)",
                        authorities = { \(authorities.joined(separator: ", ")) },
                        has_broker = \(origin),
                        is_hub = \(host.kind == .hub ? "true" : "false"),
                    },
                """
        }
        return """
            local hosts = {
            \(rows.joined(separator: "\n"))
            }

            \(LuaText.stripping)

            \(Self.script)
            """
    }

    private static let script = """
        local r = lighty.r
        local raw = r.req_attr["request.uri"]
        local raw_path = raw:match("^[^?]*")
        local name = (r.req_attr["uri.authority"] or ""):gsub(":%d+$", "")
        local host = hosts[name]
        local is_batch = host and host.is_hub and raw_path:find("/info/lfs/objects/batch$") ~= nil

        -- What hfmint answers itself, by the path as lighttpd's configuration sees it.
        local routes = {
            ["/oauth/token"] = "token", ["/healthz"] = "health", ["/readyz"] = "ready", ["/metrics"] = "metrics",
        }

        local function is_loopback(address)
            return address:find("^127%.") or address == "::1" or address:find("^::ffff:127%.")
        end

        -- Sets what hfmint is asked with. Returns a status that refuses the request, or 0.
        local function ask()
            local method, peer = r.req_attr["request.method"], r.req_attr["request.remote-addr"]
            if not host then return 403 end
            if raw:sub(1, 1) ~= "/" or raw ~= r.req_attr["request.orig-uri"] then return 400 end
            local path = r.req_attr["uri.path"]
            local route = host.has_broker and routes[path] or "decide"
            if route ~= "decide" then
                if raw ~= path or route == "metrics" and not is_loopback(peer) then return 403 end
                if route == "token" and method ~= "POST" then return 405 end
                if route == "token" and not r.req_header["Content-Length"] then return 411 end
                if route ~= "token" and method ~= "GET" and method ~= "HEAD" then return 405 end
            end
            local names = {}
            for header in pairs(r.req_header) do names[#names + 1] = header end
            for _, header in ipairs(names) do
                if is_stripped(header) then r.req_header[header] = nil end
            end
            if is_batch then r.req_header["Accept-Encoding"] = nil end
            local id = ""
            for _ = 1, 4 do id = id .. string.format("%08x", lighty.c.rand() & 0xffffffff) end
            local env = r.req_env
            env["HFMINT_ROUTE"] = route
            env["HFMINT_URI"] = raw
            env["HFMINT_METHOD"] = method
            env["HFMINT_HOST"] = name
            env["HFMINT_REQUEST_ID"] = id
            env["HFMINT_PEER"] = peer
            env["RAW_PATH"] = raw_path
            return 0
        end

        -- hfmint has said yes: the Hub is sent its credential, and never the client's.
        local function pass()
            r.req_env["HAS_PASSED"] = "1"
            r.req_header["Authorization"] = r.req_env["HFMINT_AUTHORIZATION"]
            r.req_header["Host"] = host.authority
            return 0
        end

        local function led_here(address)
            local scheme, authority, rest = address:match("^(%a*:?)//([^/?#]*)(.*)$")
            if not scheme or not host.authorities[authority:lower()] then return address end
            scheme = scheme:lower()
            return (scheme == "" or scheme == "http:" or scheme == "https:") and host.here .. rest or address
        end

        \(LuaScript.replaced)

        -- git-lfs asks the addresses in this answer as they are. A credential in it is not for the client.
        local function rewrite_batch()
            local text = r.resp_body.get
            text = replaced(text, '"' .. host.upstream .. "/", '"' .. host.here .. "/")
            local token = (r.req_env["HFMINT_AUTHORIZATION"] or ""):match("^Bearer (.+)$")
            if token then text = replaced(text, token, "") end
            r.resp_body.set(text)
            return 200
        end

        -- The client is sent what the Hub answers, but for what would lead it past this server.
        local function answer()
            local headers, status = r.resp_header, r.req_item.http_status
            for _, header in ipairs({ "X-Hfmint-Authorization", "X-Hfmint-Role", "X-Hfmint-Actor" }) do
                headers[header] = nil
            end
            -- lighttpd ends the connection if the request has not wholly come by now, and says so only if told to.
            local is_whole = r.req_body.bytes_in == r.req_body.len
            if not is_whole and r.req_attr["request.protocol"] == "HTTP/1.1" then r.req_item.keep_alive = 0 end
            if r.req_env["HAS_PASSED"] then
                headers["Set-Cookie"] = nil
                headers["Alt-Svc"] = nil
                for _, header in ipairs({ "Location", "X-Xet-Refresh-Route" }) do
                    if headers[header] then headers[header] = led_here(headers[header]) end
                end
                if headers["Link"] then
                    headers["Link"] = headers["Link"]:gsub("<([^>]*)>", function(address)
                        return "<" .. led_here(address) .. ">"
                    end)
                end
                if is_batch and status == 200 then return rewrite_batch() end
            elseif r.req_env["HFMINT_ROUTE"] == "decide" and status ~= 401 and status ~= 403 then
                headers["Location"] = nil
                headers["Retry-After"] = "5"
                headers["X-Error-Code"] = "decision-unavailable"
                headers["X-Error-Message"] = "hfmint does not answer: try again later"
                return 503
            end
            return 0
        end

        if r.req_item.http_status ~= 0 then return answer() end
        if r.req_env["HFMINT_ROUTE"] == "decide" then return pass() end
        return ask()
        """
}
