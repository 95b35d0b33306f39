extension Provider {
    /// Hugging Face Jobs: no identity of a Job is documented, and a token comes in as a secret.
    ///
    /// A Job is recognised by two variables that its documentation names; one that lacks them is simply not recognised.
    /// <https://huggingface.co/docs/hub/jobs>
    package static let hfJobs = Provider.impossible(
        name: "hf-jobs",
        title: "Hugging Face Jobs",
        evidence: "JOB_ID and ACCELERATOR",
        isHere: { $0.environment.isSet("JOB_ID") && $0.environment.isSet("ACCELERATOR") },
        because: "a Job has no ID token that says which Job it is",
        instead: "give the Job a token when you start it: hf jobs run --secrets HF_TOKEN …")
}
