-- Presses the button below each link of a file, once, and ends before the last ones. wrk asks for one address alone by itself.
package.path = os.getenv("LUA_FOLDER") .. "/?.lua;" .. package.path
done = require("report").done

local next_path = io.lines(os.getenv("CONFIRM_PATHS"))
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"

function request()
  return wrk.format(nil, next_path(), nil, "version=1")
end

local answered, many = 0, tonumber(os.getenv("CONFIRM_MANY"))
function response()
  answered = answered + 1
  if answered >= many then wrk.thread:stop() end
end
