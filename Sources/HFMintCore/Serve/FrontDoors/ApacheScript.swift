extension FrontDoor {
    package static let apacheScript = FrontDoor(
        name: "apache-lua", help: "hfmint.lua, which Apache's configuration names"
    ) { question in
        let title = question.title("apache-lua").map { "-- \($0)" }.joined(separator: "\n")
        return "\(title)\n\n\(ApacheConfiguration.script)"
    }
}

extension ApacheConfiguration {
    /// Takes off headers by patterns, for which mod_headers has no word.
    ///
    /// <https://httpd.apache.org/docs/2.4/mod/mod_lua.html>
    static let script = """
        -- Takes off what clients may not say to the Hub: what somebody behind might believe, also where "_" is taken
        -- for "-". mod_headers takes off headers by their names alone, and puts hfmint's Authorization in.
        require "apache2"

        \(LuaText.stripping)

        function strip(request)
            for name in pairs(request:headers_in_table()) do
                if is_stripped(name) then
                    request.headers_in[name] = nil
                end
            end
            return apache2.DECLINED
        end

        -- Called where hfmint gave no 200. The client gets a 401 or a 403 with its headers; all else is no answer.
        function refuse(request)
            local status = request.status
            local headers = request.err_headers_out
            for _, name in ipairs({ "Location", "X-Hfmint-Authorization", "X-Hfmint-Role", "X-Hfmint-Actor" }) do
                headers[name] = nil
            end
            if status == 401 or status == 403 then
                return status
            end
            headers["WWW-Authenticate"] = nil
            headers["Retry-After"] = "5"
            headers["X-Error-Code"] = "decision-unavailable"
            headers["X-Error-Message"] = "hfmint does not answer: try again later"
            return 503
        end
        """
}

/// What the scripts of several web servers have in common.
enum LuaText {
    /// A function that says whether a header of the client's is kept from the Hub, beside its `Authorization`.
    static let stripping: String = {
        let names = ServeDefinition.Host.strippedHeaders.map { $0.lowercased() }.filter { name in
            !name.utf8.starts(with: "x-forwarded-".utf8) && !name.utf8.starts(with: "x-hfmint-".utf8)
        }
        let rows = (names + ["upgrade"]).map { "    [\"\($0)\"] = true," }
        return """
            local stripped_names = {
            \(rows.joined(separator: "\n"))
            }

            local function is_stripped(name)
                name = name:lower()
                return stripped_names[name] or name:find("[^a-z0-9-]") or name:find("^x%-forwarded%-")
                    or name:find("^x%-hfmint%-")
            end
            """
    }()
}
