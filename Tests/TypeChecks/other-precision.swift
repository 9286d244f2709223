// Must not compile: the precision differs.
import CapacityIndex

enum Shipments: PerimeterTag { static var perimeter: Perimeter { Perimeter("shipments/1")! } }

func sum(
    _ first: TypedCapacity<FP32, FP32Native, LocalPerimeter>, _ second: TypedCapacity<FP64, FP32Native, LocalPerimeter>
) throws { _ = try first.adding(second) }
