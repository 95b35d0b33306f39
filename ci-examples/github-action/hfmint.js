// Runs hfmint with what the action was given. The token never passes through here: hfmint hands it to the next steps.
"use strict";
const { spawnSync } = require("node:child_process");

const input = (name) => process.env[`INPUT_${name.toUpperCase()}`] ?? "";

function hfmint(...words) {
  const { error, status } = spawnSync(input("program"), words, { stdio: "inherit" });
  if (error) console.log(`::error::hfmint could not be started (${error.code}): put it on the PATH, or name it in \`program\``);
  if (status !== 0) process.exit(status ?? 1);
}

module.exports = { hfmint, input };
