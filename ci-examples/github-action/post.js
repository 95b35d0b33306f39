// https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax#runspost
"use strict";
const { hfmint, input } = require("./hfmint.js");

if (input("git") === "true") hfmint("setup-git", "--undo");
hfmint("forget");
