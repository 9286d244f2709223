// Compiles: amounts of one kind are added and compared.
import CapacityIndex

typealias Total = TypedCapacity<FP32, FP32Native, LocalPerimeter>

func sum(_ first: Total, _ second: Total) throws -> Total { try first.adding(second) }
func ratio(_ first: Total, _ second: Total) throws -> Double { try first.compared(to: second).value }
