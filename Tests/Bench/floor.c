// The floor: the two requests of an exchange with libcurl and nothing else. No check of anything, no file, no care
// for secrets; libcurl is linked, as in any C program. With -DAS_HFMINT it is opened with dlopen, and the hashed
// certificate directory is used instead of the bundle, as hfmint does: the least that hfmint's way can take.
// See Scripts/bench.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef AS_HFMINT
#include <dlfcn.h>
#undef curl_easy_setopt
static void *library;
#define FUNCTION(name) ((__typeof__(&name))dlsym(library, #name))
#define curl_global_init FUNCTION(curl_global_init)
#define curl_easy_init FUNCTION(curl_easy_init)
#define curl_easy_escape FUNCTION(curl_easy_escape)
#define curl_easy_setopt FUNCTION(curl_easy_setopt)
#define curl_easy_perform FUNCTION(curl_easy_perform)
#define curl_slist_append FUNCTION(curl_slist_append)
#define curl_slist_free_all FUNCTION(curl_slist_free_all)
#endif

struct answer {
    char bytes[65536];
    size_t count;
};

static size_t receive(char *bytes, size_t size, size_t count, void *context) {
    struct answer *answer = context;
    if (answer->count + size * count >= sizeof answer->bytes) return 0;
    memcpy(answer->bytes + answer->count, bytes, size * count);
    answer->count += size * count;
    return size * count;
}

// The text of the first member of this name, found as bytes.
static char *member(struct answer *answer, const char *name) {
    char *start = strstr(answer->bytes, name);
    if (!start || !(start = strchr(start + strlen(name), '"'))) exit(3);
    char *end = strchr(++start, '"');
    if (!end) exit(3);
    *end = 0;
    return start;
}

static void perform(CURL *curl, const char *url, const char *header, struct answer *answer) {
    struct curl_slist *headers = curl_slist_append(NULL, header);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    if (curl_easy_perform(curl) != CURLE_OK) exit(4);
    curl_slist_free_all(headers);
}

int main(void) {
    static struct answer id_token, hub_token;
    static char url[4096], header[8192], body[70000];
#ifdef AS_HFMINT
    if (!(library = dlopen("libcurl.so.4", RTLD_LAZY | RTLD_LOCAL))) exit(5);
#endif
    curl_global_init(CURL_GLOBAL_DEFAULT);
    CURL *curl = curl_easy_init();
#ifdef AS_HFMINT
    curl_easy_setopt(curl, CURLOPT_CAINFO, NULL);
    curl_easy_setopt(curl, CURLOPT_CAPATH, "/etc/ssl/certs");
#endif
    char *audience = curl_easy_escape(curl, getenv("HF_ENDPOINT"), 0);

    snprintf(url, sizeof url, "%s&audience=%s", getenv("ACTIONS_ID_TOKEN_REQUEST_URL"), audience);
    snprintf(header, sizeof header, "Authorization: Bearer %s", getenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN"));
    perform(curl, url, header, &id_token);

    snprintf(body, sizeof body,
             "{\"grant_type\":\"urn:ietf:params:oauth:grant-type:token-exchange\","
             "\"subject_token_type\":\"urn:ietf:params:oauth:token-type:id_token\","
             "\"resource\":\"acme/model\",\"subject_token\":\"%s\"}",
             member(&id_token, "\"value\""));
    snprintf(url, sizeof url, "%s/oauth/token", getenv("HF_ENDPOINT"));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    perform(curl, url, "Content-Type: application/json", &hub_token);

    puts(member(&hub_token, "\"access_token\""));
    return 0;
}
