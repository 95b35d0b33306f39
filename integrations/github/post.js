// Takes everything back, whatever became of the job.
// https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax#runspost
"use strict";
const { rmSync } = require("node:fs");
const { join } = require("node:path");
const { run } = require("./run.js");

const folder = process.env.STATE_folder;
if (folder) {
  const hfmint = join(folder, "hfmint");
  const ends = process.env.INPUT_GIT === "true" ? [["setup-git", "--undo"], ["forget"]] : [["forget"]];
  const failed = ends.map((words) => run(hfmint, words).status).find((status) => status !== 0);
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = failed ?? 0;
}
