// VisitScheduleTests.swift: which measurement is visited next, without a clock.

import MachineProbe
import Quantities
import ResultRecord
import Testing

@testable import Measurement
