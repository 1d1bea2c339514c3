-- Presses the button below each link of a file, once; after the last, a wrong address tells of itself. wrk asks for one address alone by itself.
package.path = os.getenv("LUA_FOLDER") .. "/?.lua;" .. package.path
done = require("report").done

local next_path = io.lines(os.getenv("CONFIRM_PATHS"))
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"

function request()
  return wrk.format(nil, next_path() or "/there-are-no-more-links/", nil, "version=1")
end
