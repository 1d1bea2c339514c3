-- A reader as browsers are: takes compressed pages. wrk lacks a report for programs.
package.path = os.getenv("LUA_FOLDER") .. "/?.lua;" .. package.path
done = require("report").done
wrk.headers["Accept-Encoding"] = "gzip"
