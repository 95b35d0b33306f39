// https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax#runsmain
"use strict";
const { hfmint, input } = require("./hfmint.js");

const resources = input("resources").split(/\s+/).filter(Boolean);
if (resources.some((word) => word.startsWith("-"))) {
  console.log("::error::`resources` takes resources, and no options");
  process.exit(2);
}
hfmint("exchange", "--deliver", "env", ...resources);
if (input("git") === "true") hfmint("setup-git");
