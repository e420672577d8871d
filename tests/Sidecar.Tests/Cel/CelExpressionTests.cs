using System.Globalization;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Sidecar.Runtime.Cel;

namespace Sidecar.Tests.Cel;

public sealed class CelExpressionTests
{
    private const string Event = """
        {"id":"1","type":"order.created","source":"shop","data":{"total":120.5,"count":3,"lines":[{"sku":"A"},{"sku":"B"}],"tags":["new","vip"],
         "text":"42","important":true,"none":null,"name with space":"x"}}
        """;

    [Theory]
    [InlineData("event.type == 'order.created'", true)]
    [InlineData("event.type == \"order.created\" && event.source != 'other'", true)]
    [InlineData("event.data.total > 100", true)]
    [InlineData("event.data.count >= 3 && event.data.count <= 3.0", true)]
    [InlineData("event.data.count == 3", true)]
    [InlineData("event.data.count < 3 || event.data.total == 120.5", true)]
    [InlineData("!event.data.important", false)]
    [InlineData("event.data.important", true)]
    [InlineData("'vip' in event.data.tags", true)]
    [InlineData("event.source in ['web', 'shop']", true)]
    [InlineData("'total' in event.data", true)]
    [InlineData("event.data.lines[1].sku == 'B'", true)]
    [InlineData("event.data['name with space'] == 'x'", true)]
    [InlineData("event.type.startsWith('order.') && event.type.endsWith('created') && event.type.contains('der.cr')", true)]
    [InlineData("event.type.matches('^order\\\\.(created|changed)$')", true)]
    [InlineData("event.type.matches(r'^order\\.(created|changed)$')", true)]
    [InlineData("matches(event.type, 'nothing')", false)]
    [InlineData("has(event.data.total) && !has(event.data.missing)", true)]
    [InlineData("has(event.data.missing) && event.data.missing > 3", false)]
    [InlineData("event.data.missing > 3 && false", false)]
    [InlineData("true || event.data.missing > 3", true)]
    [InlineData("event.data.missing > 3 || true", true)]
    [InlineData("int(event.data.text) + 1 == 43", true)]
    [InlineData("double(event.data.text) / 4 == 10.5", true)]
    [InlineData("string(event.data.count) == '3'", true)]
    [InlineData("size(event.data.tags) == 2 && event.type.size() == 13", true)]
    [InlineData("event.data.none == null", true)]
    [InlineData("event.data.total > 100 ? event.data.important : false", true)]
    [InlineData("1 + 2 * 3 == 7 && (1 + 2) * 3 == 9 && 7 % 4 == 3 && -2 - 3 == -5", true)]
    [InlineData("0x10 == 16 && 3u == 3 && 1e2 == 100", true)]
    [InlineData("'a' + \"b\" == 'ab' && '\\u0041' == 'A'", true)]
    [InlineData("[1, 2] == [1.0, 2]", true)]
    [InlineData("event.type == 'order.created' // a remark", true)]
    public void It_says_what_CEL_says(string expression, bool expected) => Assert.Equal(expected, Holds(expression));

    [Theory]
    [InlineData("event.data.missing > 3")]
    [InlineData("other.x == 1")]
    [InlineData("event.type > 3")]
    [InlineData("event.type")]
    [InlineData("event.data.tags[9] == 'x'")]
    [InlineData("event.type.matches(event.data.tags)")]
    [InlineData("1 / 0 == 1")]
    [InlineData("9223372036854775807 + 1 > 0")]
    [InlineData("int('many') == 1")]
    [InlineData("event.data.missing > 3 && true")]
    public void An_expression_without_a_boolean_value_is_an_error(string expression) => Assert.Throws<CelException>(() => Holds(expression));

    [Theory]
    [InlineData("")]
    [InlineData("event.")]
    [InlineData("event.type ==")]
    [InlineData("(event.type == 'x'")]
    [InlineData("event.type = 'x'")]
    [InlineData("'open")]
    [InlineData("nothing(event.type)")]
    [InlineData("event.type.nothing('x')")]
    [InlineData("has(event)")]
    [InlineData("event.type.matches('(')")]
    [InlineData("99999999999999999999 > 1")]
    [InlineData("a b")]
    public void What_cannot_be_read_is_refused_with_the_place(string expression) => Assert.Throws<FormatException>(() => CelExpression.Parse(expression));

    [Fact]
    public void Nesting_without_end_is_refused() => Assert.Throws<FormatException>(() => CelExpression.Parse(new string('(', 100_000)));

    [Fact]
    public void Comparisons_of_whole_numbers_are_those_of_the_numbers() =>
        Prop.ForAll(Gen.Zip(Gen.Choose(-5, 5), Gen.Choose(-5, 5)).ToArbitrary(), pair =>
        {
            var (left, right) = (pair.Item1.ToString(CultureInfo.InvariantCulture), pair.Item2.ToString(CultureInfo.InvariantCulture));
            Assert.Equal(pair.Item1 < pair.Item2, Holds($"{left} < {right}"));
            Assert.Equal(pair.Item1 <= pair.Item2, Holds($"{left} <= {right}.0"));
            Assert.Equal(pair.Item1 == pair.Item2, Holds($"{left}.0 == {right}"));
            Assert.Equal(pair.Item1 != pair.Item2, Holds($"!({left} == {right})"));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void And_and_or_obey_de_Morgan_and_do_not_mind_the_order()
    {
        var operand = Gen.Elements("true", "false", "event.data.important", "event.data.total > 1000", "event.data.missing > 1");
        Prop.ForAll(Gen.Zip(operand, operand).ToArbitrary(), pair =>
        {
            var (left, right) = pair;
            Assert.Equal(Outcome($"{left} && {right}"), Outcome($"{right} && {left}"));
            Assert.Equal(Outcome($"{left} || {right}"), Outcome($"{right} || {left}"));
            Assert.Equal(Outcome($"!({left} && {right})"), Outcome($"!({left}) || !({right})"));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Any_text_is_either_read_or_refused() =>
        Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
        {
            try
            {
                CelExpression.Parse(text ?? "");
            }
            catch (FormatException)
            {
                // Refused.
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Any_text_survives_a_literal() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), text =>
        {
            var json = JsonSerializer.Serialize(new { data = text.Get });
            var literal = string.Concat(text.Get.Select(c => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}")));
            if (text.Get.Any(char.IsSurrogate))
                return;
            Assert.True(Holds($"event.data == '{literal}'", json));
        }).QuickCheckThrowOnFailure();

    private static bool Holds(string expression, string json = Event)
    {
        using var document = JsonDocument.Parse(json);
        return CelExpression.Parse(expression).IsTrue(new Variables(document.RootElement));
    }

    private static string Outcome(string expression)
    {
        try
        {
            return Holds(expression).ToString();
        }
        catch (CelException)
        {
            return "error";
        }
    }

    private sealed class Variables(JsonElement root) : ICelVariables
    {
        public bool TryGet(string name, out CelValue value)
        {
            value = name == "event" ? CelValue.From(root) : default;
            return name == "event";
        }
    }
}
