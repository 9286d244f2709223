// ComposeTests.swift: `suanli compose` as users run it, on tables whose index is worked out by hand.

import Foundation
import TestSupport
import Testing

@Suite("Compose")
struct ComposeTests {
    private static let meta = """
        Level,iCode,iName,Direction,Weight,Unit,Target,Denominator,Parent,Type
        1,speed,Speed,1,1,m/s,NA,NA,perf,Indicator
        1,size,Size,1,3,byte,NA,people,perf,Indicator
        1,pue,Power usage,-1,1,1,NA,NA,env,Indicator
        2,perf,Performance,1,1,NA,NA,NA,index,Aggregate
        2,env,Environment,1,1,NA,NA,NA,index,Aggregate
        3,index,Index,1,1,NA,NA,NA,NA,Aggregate
        NA,people,People,NA,NA,NA,NA,NA,NA,Denominator
        NA,region,Region,NA,NA,NA,NA,NA,NA,Group
        """
    private static let data = """
        uCode,uName,region,people,speed,size,pue
        A,Alpha,n,2,10,20,1.25
        B,Beta,n,4,30,NA,1.5
        C,"Gamma, the third",s,5,20,10,1.75
        """

    private func program(data: String = data, meta: String = meta) throws -> Program {
        let program = try Program()
        try program.directory.write(data, to: "iData.csv")
        try program.directory.write(meta, to: "iMeta.csv")
        return program
    }

    private let tables = ["compose", "--data", "iData.csv", "--meta", "iMeta.csv"]

    // Min–max to [0, 100]: speed 0, 100, 50; size / people 10, –, 2: 100, –, 0; pue turned round: 100, 50, 0.
    // perf with weights ¼, ¾: A 75; B has a quarter of the weight, so nothing; C 12.5. index: A 87.5; B has half of the
    // weight, so nothing; C 6.25.
    @Test("index, sub-indices, ranks and weights as JSON")
    func json() throws {
        let outcome = try program().run(
            tables + [
                "--denominate", "--normalise", "minmax:0,100", "--aggregate", "arithmetic", "--format", "json",
            ])
        #expect(outcome.status == 0 && outcome.errors == "", "\(outcome.errors)")
        let report = try #require(try outcome.json())
        let units = try #require(report["units"] as? [[String: Any]])
        #expect(units.map { $0["code"] as? String } == ["A", "B", "C"])
        #expect(units.map { $0["name"] as? String } == ["Alpha", "Beta", "Gamma, the third"])
        #expect(units.map { $0["index"] as? Double } == [87.5, nil, 6.25])
        #expect(units.map { $0["rank"] as? Int } == [1, nil, 2])
        #expect(units[1]["rank"] is NSNull)
        let aggregates = units.map { $0["aggregates"] as? [String: Any] }
        #expect(aggregates.map { $0?["perf"] as? Double } == [75, nil, 12.5])
        #expect(aggregates.map { $0?["env"] as? Double } == [100, 50, 0])
        #expect(units[1]["missing"] as? [String] == ["perf", "index"])
        #expect(
            report["weights"] as? [String: Double]
                == ["speed": 0.25, "size": 0.75, "pue": 1, "perf": 0.5, "env": 0.5])
        #expect((report["definition_sha256"] as? String)?.count == 64)
    }

    // The mean of size / people over the two that have it is 6, so B has 50: perf 62.5, index 56.25.
    @Test("a gap filled, as CSV, and the stage that filled it")
    func imputed() throws {
        let program = try program()
        let options = [
            "--denominate", "--impute", "mean", "--normalise", "minmax:0,100", "--aggregate", "arithmetic", "--format",
            "csv",
        ]
        #expect(
            try program.run(tables + options).output == """
                uCode,uName,rank,index,perf,env
                A,Alpha,1,87.5,75.0,100.0
                B,Beta,2,56.25,62.5,50.0
                C,"Gamma, the third",3,6.25,12.5,0.0

                """)
        #expect(
            try program.run(tables + options + ["--stage", "impute"]).output == """
                uCode,uName,speed,size,pue
                A,Alpha,10.0,10.0,1.25
                B,Beta,30.0,6.0,1.5
                C,"Gamma, the third",20.0,2.0,1.75

                """)
    }

    @Test("the digest tells definitions apart, and not the formats or the data")
    func digest() throws {
        func digest(_ options: [String], data: String = Self.data) throws -> String {
            let outcome = try program(data: data).run(tables + ["--impute", "mean", "--format", "json"] + options)
            return try #require(try outcome.json()?["definition_sha256"] as? String)
        }
        let usual = try digest([])
        #expect(try digest([], data: Self.data.replacing("A,Alpha,n,2,10", with: "A,Alpha,n,2,11")) == usual)
        #expect(try digest(["--normalise", "minmax:1,100"]) == usual)
        #expect(try digest(["--normalise", "minmax:1,101"]) != usual)
        #expect(try digest(["--weights", "equal"]) != usual)
    }

    @Test("every stage in every format, and the robustness analysis twice alike")
    func stagesAndRobustness() throws {
        let program = try program()
        for stage in ["raw", "denominate", "impute", "screen", "treat", "normalise", "weight", "aggregate"] {
            for format in ["text", "csv", "json"] {
                let outcome = try program.run(tables + ["--impute", "mean", "--stage", stage, "--format", format])
                #expect(outcome.status == 0 && !outcome.output.isEmpty, "\(stage) \(format): \(outcome.errors)")
            }
        }
        let options = ["--impute", "mean", "--robustness", "--samples", "16", "--format", "json", "--decompose"]
        let first = try program.run(tables + options)
        #expect(first.status == 0, "\(first.errors)")
        #expect(try program.run(tables + options).output == first.output)
        let robustness = try #require(try first.json()?["robustness"] as? [String: Any])
        #expect((robustness["units"] as? [Any])?.count == 3)
        #expect(try program.run(tables + options + ["--seed", "2"]).output != first.output)
    }

    @Test(
        "what is wrong is one message with its place, and exit status 64",
        arguments: [
            (data.replacing("30,NA", with: "fast,NA"), meta, [], "iData.csv, line 3, column speed: “fast”"),
            (data, meta.replacing("1,pue", with: "1,speed"), [], "iMeta.csv, line 4, column iCode: the code speed"),
            (data, meta, ["--normalise", "minmax:0,100"], "geometric needs values above 0"),
            (data, meta, ["--normalise", "distance-reference:mars"], "there is no unit mars"),
            (data, meta, ["--normalise", "goalposts"], "speed has no goalposts"),
            (data, meta, ["--normalise", "best"], "“best” is no method"),
            (data, meta, ["--impute", "group-mean:planet"], "no group column planet"),
            (data, meta, ["--aggregate-level", "9=geometric"], "there is no level 9"),
            (data, meta, ["--weights", "ahp:none.csv"], "none.csv"),
            (data, meta, ["--format", "xml"], "xml"),
            (data, meta, ["--definition", "caict-shaped"], "either --meta or --definition"),
        ])
    func errors(data: String, meta: String, options: [String], message: String) throws {
        let outcome = try program(data: data, meta: meta).run(tables + options)
        #expect(outcome.status == 64, "\(outcome.errors)")
        #expect(outcome.output == "")
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
        #expect(outcome.errors.components(separatedBy: "rror:").count == 2)
    }

    @Test("the definition in CAICT's shape runs on a table with its columns")
    func shipped() throws {
        let program = try Program()
        try program.directory.write(
            """
            uCode,measured-capacity,intelligent-share,storage-capacity,flash-share,network-bandwidth,network-latency,\
            published-models,utilisation,pue,renewable-share
            A,1e16,40,1e17,30,1e12,10,30,50,1.3,40
            B,1e15,20,1e16,20,1e11,20,10,40,1.5,20
            """, to: "iData.csv")
        let outcome = try program.run(
            "compose", "--data", "iData.csv", "--definition", "caict-shaped", "--format", "json")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let units = try #require(try outcome.json()?["units"] as? [[String: Any]])
        #expect(units.map { $0["rank"] as? Int } == [1, 2])
    }
}
