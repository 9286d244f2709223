// PlaceTree.swift: where nodes are: nation, region, site and so on to any depth, each place held once.
// Places are made by their path from the root, so that there are neither orphans nor cycles to refuse.

/// A place in the `PlaceTree` that made it; a number, so that a contribution refers to it in 28 bits.
public struct Place: Sendable, Hashable, Comparable {
    let index: UInt32

    /// The root of every tree: all of it.
    public static let all = Place(index: 0)

    init(index: UInt32) { self.index = index }

    public static func < (left: Place, right: Place) -> Bool { left.index < right.index }
}

/// Places by name under each other. Two places of one name under different parents are different places.
///
/// A place's number is above its parent's, so that going through places backwards meets children first.
public struct PlaceTree: Sendable, Hashable {
    private struct Branch: Hashable {
        var parent: Place
        var name: String
    }

    private var names = [""]
    private var parents = [Place.all]
    private var depths: [UInt32] = [0]
    private var branches: [Branch: Place] = [:]

    /// Places that one tree can hold; a line keeps its place in 28 bits.
    public static let limit = 1 << 28

    /// The root alone.
    public init() {}

    /// Places, the root included.
    public var count: Int { names.count }

    /// All places, the root first and every place after its parent.
    public var places: [Place] { (0..<UInt32(count)).map(Place.init(index:)) }

    /// The place at a path below the root, `["north", "s1"]`, made if it is new; the root for an empty path.
    ///
    /// - Throws: `.emptyPlaceName`, `.tooManyPlaces`.
    /// - Complexity: O(length of the path).
    public mutating func place(_ path: [String]) throws(AggregationError) -> Place {
        guard !path.contains("") else { throw .emptyPlaceName(path: path) }
        var place = Place.all
        for name in path {
            let branch = Branch(parent: place, name: name)
            if let known = branches[branch] {
                place = known
                continue
            }
            guard count < Self.limit else { throw .tooManyPlaces(limit: Self.limit) }
            let new = Place(index: UInt32(count))
            names.append(name)
            parents.append(place)
            depths.append(depths[Int(place.index)] + 1)
            branches[branch] = new
            place = new
        }
        return place
    }

    /// The place at a path; nil when there is none.
    public func existingPlace(_ path: [String]) -> Place? {
        var place = Place.all
        for name in path {
            guard let next = branches[Branch(parent: place, name: name)] else { return nil }
            place = next
        }
        return place
    }

    /// Nil for the root.
    public func parent(of place: Place) -> Place? { place == .all ? nil : parents[Int(place.index)] }

    /// 0 for the root.
    public func depth(of place: Place) -> Int { Int(depths[Int(place.index)]) }

    /// Empty for the root.
    public func name(of place: Place) -> String { names[Int(place.index)] }

    /// Names from below the root down to the place.
    public func path(of place: Place) -> [String] {
        var path: [String] = []
        var place = place
        while let parent = parent(of: place) {
            path.append(name(of: place))
            place = parent
        }
        return path.reversed()
    }

    /// The place and everything above it, the root last.
    func pathToRoot(from place: Place) -> some Sequence<Place> {
        sequence(first: place) { self.parent(of: $0) }
    }

    func check(_ place: Place) throws(AggregationError) {
        guard place.index < count else { throw .unknownPlace(number: Int(place.index), places: count) }
    }
}
