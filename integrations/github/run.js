// Runs a program with the job's log for its messages. No token passes through here: hfmint hands it to the next steps.
"use strict";
const { spawnSync } = require("node:child_process");

// Returns the exit status and what the program printed.
function run(program, words, options = {}) {
  const { error, status, stdout } = spawnSync(program, words, { stdio: "inherit", encoding: "utf8", ...options });
  if (error) console.log(`::error::${program} could not be started (${error.code})`);
  return { status: status ?? 1, printed: stdout ?? "" };
}

module.exports = { run };
