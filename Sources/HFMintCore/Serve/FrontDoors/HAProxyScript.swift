extension FrontDoor {
    package static let haproxyScript = FrontDoor(
        name: "haproxy-lua", help: "hfmint.lua, which HAProxy's configuration names"
    ) { question in
        let title = question.title("haproxy-lua").map { "-- \($0)" }.joined(separator: "\n")
        return "\(title)\n\n\(HAProxyConfiguration.script(question))"
    }
}

extension HAProxyConfiguration {
    /// A script that asks hfmint, and one that rewrites git-lfs's batch.
    ///
    /// It speaks FastCGI on a connection of `core.tcp()`. `core.httpclient()` would need a second frontend, whose
    /// socket everybody could ask who may open it. A failed script lets HAProxy go on to the next rule, so the
    /// configuration demands a yes there.
    /// <https://www.arpalert.org/src/haproxy-lua-api/2.6/index.html>
    static func script(_ question: FrontDoorQuestion) -> String {
        let rows = question.definition.hosts.filter { $0.kind == .hub }.map { host in
            "    [\"\(host.name)\"] = { '\"\(host.upstream)/', '\"\(question.publicAddress(host))/' },"
        }
        return """
            local socket = "unix@\(question.socket)"

            -- FastCGI: https://fastcgi-archives.github.io/FastCGI_Specification.html

            local function length(text)
                return #text < 128 and string.char(#text) or string.pack(">I4", #text | 0x80000000)
            end

            local function pair(name, value)
                return length(name) .. length(value) .. name .. value
            end

            local function record(kind, content)
                return string.pack(">BBI2I2BB", 1, kind, 1, #content, 0, 0) .. content
            end

            -- Asks as an authorizer, and returns the whole answer, or nil.
            local function ask(parameters)
                local connection = core.tcp()
                connection:settimeout(35)
                if #parameters > 65535 or not connection:connect(socket) then
                    return nil
                end
                connection:send(record(1, string.pack(">I2Bxxxxx", 2, 0)) .. record(4, parameters) .. record(4, ""))
                local output = ""
                while #output <= 32768 do
                    local head = connection:receive(8)
                    if not head or #head < 8 then break end
                    local version, kind, id, size, padding = string.unpack(">BBI2I2B", head)
                    local content = size + padding > 0 and connection:receive(size + padding) or ""
                    if version ~= 1 or id ~= 1 or #content < size + padding then break end
                    if kind == 3 then
                        connection:close()
                        return size == 8 and content:byte(5) == 0 and output or nil
                    end
                    if kind ~= 6 then break end
                    output = output .. content:sub(1, size)
                end
                connection:close()
                return nil
            end

            -- Returns the status and the headers of an answer, or nil if it is none.
            local function read(output)
                local head = output and output:match("^(.-\\r\\n)\\r\\n")
                if not head then return nil end
                local status, headers = nil, {}
                for line in head:gmatch("(.-)\\r\\n") do
                    local name, value = line:match("^([%w_-]+): ?([ -~]*)$")
                    if not name then return nil end
                    if name == "Status" then
                        status = not status and tonumber(value:match("^(%d%d%d)")) or -1
                    else
                        headers[name:lower()] = value
                    end
                end
                return status, headers
            end

            local passed_on = { "www-authenticate", "x-error-code", "x-error-message", "x-request-id", "retry-after" }

            local function decide(txn, host)
                local parameters = pair("HFMINT_ROUTE", "decide") .. pair("HFMINT_URI", txn.f:pathq())
                    .. pair("HFMINT_METHOD", txn.f:method()) .. pair("HFMINT_HOST", host)
                    .. pair("HFMINT_REQUEST_ID", txn.f:unique_id()) .. pair("HFMINT_PEER", txn.f:src())
                local credential = txn.http:req_get_headers()["authorization"]
                if credential then
                    parameters = parameters .. pair("HTTP_AUTHORIZATION", credential[0])
                end
                return read(ask(parameters))
            end

            core.register_action("hfmint", { "http-req" }, function(txn, host)
                local is_well, status, headers = pcall(decide, txn, host)
                if is_well and status == 200 then
                    local authorization = headers["variable-hfmint_authorization"]
                    if authorization then
                        txn:set_var("txn.hfmint_authorization", authorization)
                    end
                    txn:set_var("txn.hfmint_actor", headers["variable-hfmint_actor"] or "-")
                    txn:set_var("txn.hfmint_role", headers["variable-hfmint_role"] or "-")
                    txn:set_var("txn.hfmint_says", "yes")
                    return
                end
                if not is_well or status ~= 401 and status ~= 403 then
                    status = 503
                    headers = {
                        ["retry-after"] = "5",
                        ["x-error-code"] = "decision-unavailable",
                        ["x-error-message"] = "hfmint does not answer: try again later",
                    }
                end
                local reply = txn:reply({ status = status })
                for _, name in ipairs(passed_on) do
                    if headers[name] then reply:add_header(name, headers[name]) end
                end
                reply:add_header("content-length", "0")
                txn:done(reply)
            end, 1)

            -- Of each of the Hub's hosts here: how its addresses begin there, and here.
            local addresses = {
            \(rows.joined(separator: "\n"))
            }

            \(batch)
            """
    }

    /// A filter of answers.
    ///
    /// <https://www.arpalert.org/src/haproxy-lua-api/2.6/index.html#filter-class>
    private static let batch = """
        -- The answer of git-lfs's batch: addresses of the Hub lead here, and hfmint's credential is taken out of it.

        local batch = {}
        batch.__index = batch
        batch.id = "hfmint-batch"
        batch.flags = filter.FLT_CFG_FL_HTX

        function batch:new()
            return setmetatable({}, self)
        end

        function batch:start_analyze(txn, channel)
            if channel:is_resp() then filter.register_data_filter(self, channel) end
        end

        function batch:http_headers(txn, message)
            if not message:is_resp() then return end
            self.is_rewritten = tonumber(message:get_stline().code) == 200
            if self.is_rewritten then
                message:del_header("content-length")
                message:set_header("transfer-encoding", "chunked")
            end
            local authorization = txn:get_var("txn.hfmint_authorization")
            local token = authorization and authorization:match("^Bearer (.+)$")
            self.changes = { addresses[txn:get_var("txn.hfmint_host")], token and { token, "" } }
        end

        -- Returns how many bytes at the end of a text may be the beginning of what is changed.
        local function open_end(text, changes)
            local most = 0
            for _, change in ipairs(changes) do
                for count = math.min(#change[1] - 1, #text), most + 1, -1 do
                    if text:sub(-count) == change[1]:sub(1, count) then
                        most = count
                        break
                    end
                end
            end
            return most
        end

        \(LuaScript.replaced)

        -- Returns how much may be sent now. The end of a body is a part of it, and holds nothing.
        function batch:http_payload(txn, message)
            local text = message:body() or ""
            if not self.is_rewritten then return message:input() end
            local changed = text
            for _, change in ipairs(self.changes) do changed = replaced(changed, change[1], change[2]) end
            -- There is room for twice as much as came; without it, nothing is sent.
            if changed ~= text and message:set(changed) ~= #changed then return filter.ERROR end
            if message:eom() then return message:input() end
            return #changed - open_end(changed, self.changes)
        end

        core.register_filter("hfmint-batch", batch, function(class)
            return class
        end)
        """
}
