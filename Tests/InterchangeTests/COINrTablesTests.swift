// COINrTablesTests.swift: iData and iMeta as COINr's users have them, and what is refused with file, line and column.

import CompositeIndex
import Interchange
import Testing

@Suite struct COINrTablesTests {
    static let meta = """
        "Level","iCode","iName","Direction","Weight","Unit","Target","Denominator","Parent","Type"
        1,"Goods","Trade in goods",1,1,"Trillion USD",2.5,"GDP","Conn","Indicator"
        1,"CO2","Emissions",-1,2,"t",NA,NA,"Sust","Indicator"
        2,"Conn","Connectivity",1,1,"Score",NA,NA,"Index","Aggregate"
        2,"Sust","Sustainability",1,3,"Score",NA,NA,"Index","Aggregate"
        3,"Index","The index",1,1,"Score",NA,NA,NA,"Aggregate"
        NA,"GDP","Product",NA,NA,"USD",NA,NA,NA,"Denominator"
        NA,"Area_group","Area",NA,NA,NA,NA,NA,NA,"Group"
        NA,"Remark","Remark",NA,NA,NA,NA,NA,NA,"Other"

        """
    static let data = #"""
        uName,uCode,Area_group,GDP,Goods,CO2,Remark
        "Austria, Republic of",AUT,Europe,4,2,7.5,"says ""hi"""
        China,CHN,Asia,10,,-1e1,
        Norway,NOR,NA,5,NA,3,x

        """#

    private func metadata(_ text: String = meta) throws(TableError) -> COINrMeta {
        try COINrMeta(Array(text.utf8), file: "iMeta.csv")
    }

    private func read(_ text: String = data, meta: String = meta) throws(TableError) -> CompositeData {
        try metadata(meta).data(Array(text.utf8), file: "iData.csv")
    }

    @Test("the metadata is read as tree, groups and denominators")
    func metadata() throws {
        let meta = try metadata(Self.meta)
        #expect(meta.tree.levels == ["Goods": 1, "CO2": 1, "Conn": 2, "Sust": 2, "Index": 3])
        #expect(meta.tree.indicators[1].direction == .lessIsBetter)
        #expect(meta.tree.indicators[0].denominator == "GDP")
        #expect(meta.tree.indicators[0].target == 2.5)
        #expect(meta.groupColumns == ["Area_group"])
        #expect(meta.denominatorColumns == ["GDP"])
        #expect(meta.otherColumns == ["Remark"])
        #expect(meta.ignoredColumns.isEmpty)
    }

    @Test("the data is read with names, groups and missing cells")
    func data() throws {
        let data = try read(Self.data)
        #expect(data.units.map(\.code) == ["AUT", "CHN", "NOR"])
        #expect(data.units.map(\.name) == ["Austria, Republic of", "China", "Norway"])
        #expect(data.units.map { $0.groups["Area_group"] } == ["Europe", "Asia", nil])
        #expect(data.indicators["Goods"]?.values == [2, nil, nil])
        #expect(data.indicators["CO2"]?.values == [7.5, -10, 3])
        #expect(data.denominators["GDP"]?.values == [4, 10, 5])
    }

    @Test("a byte order mark and Windows line ends make no difference")
    func windows() throws {
        let text = "\u{FEFF}" + Self.data.split(separator: "\n").joined(separator: "\r\n")
        #expect(try read(text) == read(Self.data))
    }

    @Test("a panel has one row per unit and year")
    func panel() throws {
        let panel = """
            uCode,Time,Area_group,GDP,Goods,CO2,Remark
            AUT,2020,Europe,4,2,7,
            AUT,2021,Europe,4,3,7,
            """
        #expect(try read(panel).units.map(\.time) == [2020, 2021])
        let error = #expect(throws: TableError.self) { try read(panel + "\nAUT,2021,Europe,4,3,7,") }
        #expect(error?.fault == .duplicateCode("AUT of 2021", firstLine: 3))
        let undated = #expect(throws: TableError.self) { try read(panel + "\nAUT,,Europe,4,3,7,") }
        #expect(undated?.fault == .timeIncomplete)
        let half = #expect(throws: TableError.self) { try read(panel + "\nAUT,2021.5,Europe,4,3,7,") }
        #expect(half?.fault == .notAWholeNumber("2021.5"))
    }

    @Test(
        "data that is not right is refused with line and column",
        arguments: [
            ("7.5", "high", 2, "CO2", TableError.Fault.notANumber("high")),
            ("7.5", "nan", 2, "CO2", .notANumber("nan")),
            ("7.5", "inf", 2, "CO2", .notANumber("inf")),
            ("7.5", "0x10", 2, "CO2", .notANumber("0x10")),
            ("7.5", "1e999", 2, "CO2", .outOfRange("1e999")),
            ("Norway,NOR", "Norway,", 4, "uCode", .missingValue),
            ("Norway,NOR", "Norway,CHN", 4, "uCode", .duplicateCode("CHN", firstLine: 3)),
            ("Asia,10,", "Asia,ten,", 3, "GDP", .notANumber("ten")),
            ("uName,uCode", "uName,code", nil, nil, .missingColumns(["uCode"])),
            ("GDP,Goods", "GDP,Goodies", nil, nil, .undescribedColumns(["Goodies"])),
            ("CO2,Remark", "CO2,Index", nil, nil, .aggregateInData(["Index"])),
        ] as [(String, String, Int?, String?, TableError.Fault)])
    func badData(old: String, new: String, line: Int?, column: String?, fault: TableError.Fault) throws {
        let text = Self.data.replacing(old, with: new, maxReplacements: 1)
        try #require(text != Self.data)
        let error = #expect(throws: TableError.self) { try read(text) }
        #expect(error?.fault == fault)
        #expect(error?.line == line)
        #expect(error?.column == column)
        #expect(error?.file == "iData.csv")
    }

    @Test(
        "metadata that is not right is refused with line and column",
        arguments: [
            ("\"Denominator\"\nNA,\"Area", "\"Denomination\"\nNA,\"Area", 7, "Type", .unknownType("Denomination")),
            ("\"Emissions\",-1,2", "\"Emissions\",0,2", 3, "Direction", .badDirection("0")),
            ("\"Emissions\",-1,2", "\"Emissions\",NA,2", 3, "Direction", .missingValue),
            ("\"Emissions\",-1,2", "\"Emissions\",-1,-2", 3, "Weight", .negativeWeight("-2")),
            ("\"Emissions\",-1,2", "\"Emissions\",-1,two", 3, "Weight", .notANumber("two")),
            ("\"Connectivity\",1,", "\"Connectivity\",-1,", 4, "Direction", .badDirection("-1 of an aggregate")),
            ("1,\"CO2\"", "1,\"Goods\"", 3, "iCode", .duplicateCode("Goods", firstLine: 2)),
            ("1,\"CO2\"", "2,\"CO2\"", 3, "Level", .levelDisagrees(code: "CO2", stated: 2, found: 1)),
            (
                "\"GDP\",\"Conn\"", "\"GNP\",\"Conn\"", 2, "Denominator",
                .composite(.unknownDenominator(indicator: "Goods", denominator: "GNP"))
            ),
            (
                "NA,\"Sust\",\"Indicator", "NA,\"Nowhere\",\"Indicator", nil, nil,
                .tree(.orphan(code: "CO2", parent: "Nowhere"))
            ),
            (
                "NA,\"Index\",\"Aggregate\"\n2,\"Sust", "NA,NA,\"Aggregate\"\n2,\"Sust", nil, nil,
                .tree(.severalRoots(["Conn", "Index"]))
            ),
            (
                "NA,NA,NA,\"Aggregate\"", "NA,NA,\"Sust\",\"Aggregate\"", nil, nil,
                .tree(.cycle(["Index", "Sust", "Index"]))
            ),
            ("\"Parent\",\"Type\"", "\"Parent\",\"Kind\"", nil, nil, .missingColumns(["Type"])),
        ] as [(String, String, Int?, String?, TableError.Fault)])
    func badMetadata(old: String, new: String, line: Int?, column: String?, fault: TableError.Fault) throws {
        let text = Self.meta.replacing(old, with: new, maxReplacements: 1)
        try #require(text != Self.meta)
        let error = #expect(throws: TableError.self) { try metadata(text) }
        #expect(error?.fault == fault)
        #expect(error?.line == line)
        #expect(error?.column == column)
    }

    @Test("what the metadata has and the data lacks is named")
    func columnsWithoutData() throws {
        let error = #expect(throws: TableError.self) { try read("uCode,Goods,CO2\nAUT,1,2\n") }
        #expect(error?.fault == .columnsWithoutData(["Area_group", "GDP", "Remark"]))
        let empty = #expect(throws: TableError.self) { try read("uCode,Area_group,GDP,Goods,CO2,Remark\n") }
        #expect(empty?.fault == .noRows)
    }

    @Test("goalposts are two columns more; other columns are listed as ignored")
    func goalposts() throws {
        let text = """
            Level,iCode,Direction,Weight,Parent,Type,GoalpostLower,GoalpostUpper,Source
            1,x,1,1,I,Indicator,0,10,UN
            2,I,1,NA,NA,Aggregate,NA,NA,
            """
        let meta = try metadata(text)
        #expect(meta.tree.indicators[0].goalposts == Goalposts(lower: 0, upper: 10))
        #expect(meta.ignoredColumns == ["Source"])
        let turned = #expect(throws: TableError.self) {
            try metadata(text.replacing("Indicator,0,10", with: "Indicator,10,0"))
        }
        #expect(turned?.fault == .goalposts(lower: "10", upper: "0"))
        let half = #expect(throws: TableError.self) {
            try metadata(text.replacing("Indicator,0,10", with: "Indicator,0,"))
        }
        #expect(half?.fault == .goalposts(lower: "0", upper: ""))
    }

    @Test("an indicator that comes from elsewhere needs no column")
    func filled() throws {
        let meta = try COINrMeta(tree: metadata(Self.meta).tree)
        let data = try meta.data(Array("uCode,CO2\nAUT,1\n".utf8), file: "iData.csv", filled: ["Goods"])
        #expect(data.indicators["Goods"]?.values == [nil])
        #expect(try data.filling("Goods", with: ["AUT": 3]).indicators["Goods"]?.values == [3])
    }

    @Test("comparisons in pairs: fractions, and only one of two directions")
    func comparisons() throws {
        let table = try PairComparisonTable.read(Array(",a,b,c\na,1,3,\nb,1/3,1,\nc,1/5,0.5,1\n".utf8), file: "ahp.csv")
        #expect(table["a", "b"] == 3)
        #expect(table["a", "c"] == 5)
        #expect(table["c", "b"] == 0.5)
    }
}
