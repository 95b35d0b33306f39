extension FrontDoor {
    /// Every front door, in the order in which the help names them.
    package static let all: [FrontDoor] = [
        .nginx,
        .caddy,
        .systemd,
        .kubernetes,
    ]
}
