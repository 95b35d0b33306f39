// Installs hfmint, gets the token, and leaves for post.js where hfmint is.
// https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax#runsmain
"use strict";
const { appendFileSync } = require("node:fs");
const { join } = require("node:path");
const { run } = require("./run.js");

const { env } = process;
const input = (name) => env[`INPUT_${name.toUpperCase()}`] ?? "";

// Elsewhere the token is of another server, and OWNER/NAME may be somebody else's on GitHub.
const onGitHub = env.GITHUB_SERVER_URL === "https://github.com" && !env.FORGEJO_ACTIONS && !env.GITEA_ACTIONS;

function must(program, words, options) {
  const { status, printed } = run(program, words, options);
  if (status !== 0) process.exit(status);
  return printed;
}

const installed = must("sh", [join(__dirname, "..", "install.sh")], {
  stdio: ["ignore", "pipe", "inherit"],
  env: {
    ...env,
    ...(onGitHub && input("github-token") ? { GH_TOKEN: input("github-token") } : {}),
    HFMINT_INSTALL_VERSION: input("version"),
    HFMINT_INSTALL_CHECKSUM: input("checksum"),
    HFMINT_INSTALL_FILE: input("binary"),
    HFMINT_INSTALL_BASE_URL: input("base-url"),
    HFMINT_INSTALL_REPOSITORY: input("repository") || (onGitHub ? (env.GITHUB_ACTION_REPOSITORY ?? "") : ""),
  },
});
const folder = installed.trimEnd();
const hfmint = join(folder, "hfmint");
appendFileSync(env.GITHUB_PATH, `${folder}\n`);
appendFileSync(env.GITHUB_STATE, `folder=${folder}\n`);
must(hfmint, ["exchange", "--deliver", "env", "--", ...input("resource").split(/\s+/).filter(Boolean)]);
if (input("git") === "true") must(hfmint, ["setup-git"]);
