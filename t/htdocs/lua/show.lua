-- SPDX-License-Identifier: Apache-2.0
-- Say what mod_lua sees of the connection.
function handle(r)
    r.content_type = "text/plain"
    r:puts("https=" .. tostring(r.is_https) .. "\n")
    r:puts("protocol=" .. tostring(r:ssl_var_lookup("SSL_PROTOCOL")) .. "\n")
    return apache2.OK
end
