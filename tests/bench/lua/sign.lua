-- A signer with a name and an address that nobody had before. wrk sends the same body again and again by itself.
package.path = os.getenv("LUA_FOLDER") .. "/?.lua;" .. package.path
done = require("report").done

local number, answered, run = 0, 0, os.getenv("SIGN_RUN")
local many = tonumber(os.getenv("SIGN_MANY") or "0")
local rest = "&country=KE&organization_type=ngo&website=https%3A%2F%2Fbench.example&representative_name=Asha+Rao"
  .. "&representative_title=Director&authorized=on&consent_publish=on&consent_updates=on"
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
wrk.headers["Sec-Fetch-Site"] = "same-origin"

function request()
  number = number + 1
  local body = "organization_name=Network+for+Peace+" .. run .. "+" .. number
    .. "&email=asha%40o" .. run .. "x" .. number .. ".example" .. rest
  return wrk.format(nil, nil, nil, body)
end

-- With SIGN_MANY nobody asks any more once so many were answered; wrk itself ends when it is told to.
if many > 0 then
  function response()
    answered = answered + 1
    if answered >= many then wrk.thread:stop() end
  end
end
