/// What the scripts of several web servers share.
enum LuaScript {
    /// A function that puts one text in the place of another, byte by byte, wherever that stands.
    static let replaced = """
        local function replaced(text, old, new)
            local parts, position = {}, 1
            while true do
                local first, last = text:find(old, position, true)
                if not first then break end
                parts[#parts + 1] = text:sub(position, first - 1)
                position = last + 1
            end
            parts[#parts + 1] = text:sub(position)
            return table.concat(parts, new)
        end
        """
}
