extension Provider {
    /// Drone, which issues no ID tokens: there is no source for one, in its documentation or its code.
    ///
    /// <https://docs.drone.io/pipeline/environment/reference/>
    package static let drone = Provider.impossible(
        name: "drone",
        title: "Drone",
        evidence: "DRONE=true",
        isHere: { $0.says("DRONE") && !Provider.woodpecker.isHere($0) },
        because: "its jobs have no ID tokens",
        instead: Provider.elsewhere)
}
