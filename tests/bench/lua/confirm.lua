-- Presses the button below each link of a file, once. wrk asks for one address alone by itself.
package.path = os.getenv("LUA_FOLDER") .. "/?.lua;" .. package.path
done = require("report").done

local next_path = io.lines(os.getenv("CONFIRM_PATHS"))
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"

function request()
  local path = next_path()
  if not path then
    io.stderr:write("There are no more links to confirm.\n")
    os.exit(3)
  end
  return wrk.format(nil, path, nil, "version=1")
end
