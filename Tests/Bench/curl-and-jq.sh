#!/bin/sh
# The exchange as a job can write it by hand, after https://huggingface.co/docs/hub/trusted-publishers
set -eu
id_token=$(curl -sSf -H "Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" \
    "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=$HF_ENDPOINT" | jq -r .value)
curl -sSf -X POST "$HF_ENDPOINT/oauth/token" -H "Content-Type: application/json" -d "{
    \"grant_type\": \"urn:ietf:params:oauth:grant-type:token-exchange\",
    \"subject_token_type\": \"urn:ietf:params:oauth:token-type:id_token\",
    \"subject_token\": \"$id_token\", \"resource\": \"acme/model\"}" | jq -r .access_token
