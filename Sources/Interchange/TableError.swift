// TableError.swift: what is wrong with a table that was read, and where it stands.

package import CompositeIndex

/// A fault of a table, with its file, line and column as far as they are known.
package struct TableError: Error, Sendable, Hashable, CustomStringConvertible {
    package enum Fault: Sendable, Hashable {
        // Text
        case unreadable(String)
        case empty
        case notUTF8
        case nullByte
        case carriageReturnAlone
        /// A quotation mark inside a field that does not begin with one.
        case quoteInsideField
        /// Something other than a comma or the end of the line behind a closing quotation mark.
        case textBehindQuote
        case unclosedQuote
        case fieldCount(found: Int, expected: Int)
        case unnamedColumn(Int)
        case duplicateColumn
        case noRows

        // Cells
        case missingValue
        case notANumber(String)
        case notAWholeNumber(String)
        case outOfRange(String)
        case badDirection(String)
        case unknownType(String)
        case negativeWeight(String)
        case duplicateCode(String, firstLine: Int)
        case goalposts(lower: String, upper: String)

        // Columns and rows against each other
        case missingColumns([String])
        /// Columns of iData that iMeta does not have.
        case undescribedColumns([String])
        /// Codes of iMeta that iData does not have.
        case columnsWithoutData([String])
        /// Aggregates are computed and must not be in the data.
        case aggregateInData([String])
        case levelDisagrees(code: String, stated: Int, found: Int)
        case timeIncomplete

        // What tree and engine refuse
        case tree(TreeError)
        case composite(CompositeError)
    }

    package let file: String
    /// From 1, the header being 1; a row over several lines counts by its first.
    package let line: Int?
    package let column: String?
    package let fault: Fault

    package init(file: String, line: Int? = nil, column: String? = nil, fault: Fault) {
        self.file = file
        self.line = line
        self.column = column
        self.fault = fault
    }

    package var description: String {
        var place = file
        if let line { place += ", line \(line)" }
        if let column { place += ", column \(column)" }
        return "\(place): \(fault)"
    }
}

extension TableError.Fault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unreadable(let reason): "cannot be read: \(reason)"
        case .empty: "the file is empty; the first line must name the columns"
        case .notUTF8: "not UTF-8"
        case .nullByte: "a byte of value 0, which no text has"
        case .carriageReturnAlone: "a carriage return without a line feed"
        case .quoteInsideField: "a quotation mark inside a field that does not begin with one"
        case .textBehindQuote: "text behind the closing quotation mark"
        case .unclosedQuote: "the quotation mark that opens here is never closed"
        case .fieldCount(let found, let expected): "\(found) fields where the header has \(expected)"
        case .unnamedColumn(let number): "column \(number) has no name"
        case .duplicateColumn: "the column stands twice"
        case .noRows: "there are no rows below the header"
        case .missingValue: "a value is missing"
        case .notANumber(let text): "“\(text)” is not a number; missing values are empty or NA"
        case .notAWholeNumber(let text): "“\(text)” is not a whole number"
        case .outOfRange(let text): "“\(text)” is beyond the range of numbers"
        case .badDirection(let text): "the direction is “\(text)”; it must be 1 or -1"
        case .unknownType(let text):
            "the type is “\(text)”; it must be Indicator, Aggregate, Group, Denominator or Other"
        case .negativeWeight(let text): "the weight is \(text); weights are at least 0"
        case .duplicateCode(let code, let line): "the code \(code) stands on line \(line) already"
        case .goalposts(let lower, let upper):
            "the goalposts are “\(lower)” and “\(upper)”; both must be given, the lower one first"
        case .missingColumns(let names): "the columns \(names.joined(separator: ", ")) are missing"
        case .undescribedColumns(let names): "the columns \(names.joined(separator: ", ")) are not in the metadata"
        case .columnsWithoutData(let codes): "there are no columns for \(codes.joined(separator: ", "))"
        case .aggregateInData(let codes):
            "\(codes.joined(separator: ", ")) are aggregates, which are computed and must not be in the data"
        case .levelDisagrees(let code, let stated, let found):
            "the level of \(code) is \(stated), but what is below it makes it \(found)"
        case .timeIncomplete: "the time is missing in some rows"
        case .tree(let error): error.description
        case .composite(let error): error.description
        }
    }
}
