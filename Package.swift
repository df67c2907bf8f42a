// swift-tools-version: 6.1
import PackageDescription

let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")

/// One library target of the map in Docs/Architecture.md with its tests in Tests/<name>Tests.
func module(
    _ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = [], tests: [Target.Dependency] = []
) -> [Target] {
    [
        .target(name: name, dependencies: dependencies, exclude: exclude),
        .testTarget(name: "\(name)Tests", dependencies: [.target(name: name), "TestSupport"] + dependencies + tests),
    ]
}

/// A C library of the system, found by pkg-config and installed by `make setup`.
func system(_ name: String, pkgConfig: String, apt: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

let package = Package(
    name: "classpulse",
    products: [.executable(name: "classpulse", targets: ["classpulse"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        // Without its JSON trait, which would pull the whole Foundation with ICU into the binary.
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    ],
    targets: [
        system("COpenBLAS", pkgConfig: "openblas", apt: "libopenblas-dev"),
        system("CLibJPEG", pkgConfig: "libjpeg", apt: "libjpeg62-turbo-dev"),
        system("CLibPNG", pkgConfig: "libpng", apt: "libpng-dev"),
        system("CSQLite", pkgConfig: "sqlite3", apt: "libsqlite3-dev"),
        .target(name: "CKernels"),
        .target(name: "CJPEG", dependencies: ["CLibJPEG"]),
        .target(name: "CPNG", dependencies: ["CLibPNG"]),
        .target(name: "CEpoll"),
        .target(name: "CModels"),
        .target(name: "CDashboard"),
        .target(name: "TestSupport", path: "Tests/TestSupport"),
        .executableTarget(name: "EchoServer", dependencies: ["HTTP"], path: "Tests/EchoServer"),
        .executableTarget(
            name: "ModelProbe", dependencies: ["Tensor", "Inference", "ModelFiles", "TestSupport"],
            path: "Tests/ModelProbe"),
        .testTarget(name: "ArchitectureTests", dependencies: ["TestSupport"]),
        .testTarget(
            name: "ParityTests",
            dependencies: ["TestSupport", "Models", "ModelFiles", "Inference", "Imaging", "Tensor"],
            exclude: ["onnxruntime_run.py", "classifier-golden.json"]),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "TestSupport", "StrictJSON", "Settings", "Threads", "Imaging", "Inference", "ModelFiles", "Tensor",
                "classpulse",
            ]),
        .executableTarget(
            name: "classpulse",
            dependencies: [
                "Tensor", "Kernels", "Inference", "ModelFiles", "Imaging", "Vision", "Concentration", "Analysis",
                "Timelines", "HTTP", "StrictJSON", "Threads", "Dashboard", "Settings", "Models", "Service", log,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
    ]
        + module("Tensor")
        + module("Threads")
        + module("Kernels", ["Tensor", "CKernels", "COpenBLAS"])
        + module("Inference", ["Tensor", "Kernels", "Threads"])
        + module("ModelFiles", ["Tensor", "Inference"], tests: ["ModelProbe"])
        + module("Imaging", ["Tensor", "CJPEG", "CPNG"])
        + module("Vision", ["Tensor", "Imaging", "Inference"])
        + module("Concentration", ["StrictJSON"])
        + module("Analysis", ["Imaging", "Vision", "Concentration"])
        + module("Timelines", ["Concentration", "Threads", "CSQLite"])
        + module("HTTP", ["Threads", "CEpoll"], tests: ["EchoServer"])
        + module("Dashboard", ["CDashboard"], exclude: ["Assets"], tests: ["classpulse"])
        + module("StrictJSON")
        + module("Settings", ["StrictJSON", .product(name: "Configuration", package: "swift-configuration")])
        + module("Models", ["CModels", crypto], exclude: ["Resources"])
        + module(
            "Service",
            ["HTTP", "StrictJSON", "Threads", "Analysis", "Timelines", "Concentration", "Dashboard", crypto, log],
            tests: ["Imaging"])
)
