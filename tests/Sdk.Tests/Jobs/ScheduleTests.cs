using System.Text.Json;
using Dapr.Jobs;
using Dapr.Jobs.Models;
using JobDay = Dapr.Jobs.DayOfWeek;

namespace Sdk.Tests.Jobs;

public sealed class ScheduleTests
{
    [Fact]
    public void A_cron_expression_is_built_field_by_field()
    {
        var builder = new CronExpressionBuilder()
            .On(OnCronPeriod.Second, 30, 0, 30)
            .Every(EveryCronPeriod.Minute, 5)
            .Through(ThroughCronPeriod.Hour, 8, 17)
            .On(MonthOfYear.March, MonthOfYear.January)
            .Through(JobDay.Monday, JobDay.Friday);

        Assert.Equal("0,30 */5 8-17 * JAN,MAR MON-FRI", builder.ToString());
        Assert.True(DaprJobSchedule.FromCronExpression(builder).IsCronExpression);
    }

    [Fact]
    public void Each_and_every_reach_the_field_they_name()
    {
        var builder = new CronExpressionBuilder()
            .Every(EveryCronPeriod.Month, 2).Every(EveryCronPeriod.DayInMonth, 3).Every(EveryCronPeriod.DayInWeek, 4).Each(CronPeriod.Month);

        Assert.Equal("* * * */3 * */4", builder.ToString());
    }

    [Fact]
    public void Impossible_values_and_ranges_are_refused()
    {
        var builder = new CronExpressionBuilder();

        Assert.Throws<ArgumentOutOfRangeException>(() => builder.On(OnCronPeriod.Minute, 60));
        Assert.Throws<ArgumentException>(() => builder.Through(ThroughCronPeriod.Hour, 5, 5));
        Assert.Throws<ArgumentException>(() => builder.Through(JobDay.Friday, JobDay.Monday));
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.Every(EveryCronPeriod.Hour, -1));
    }

    [Theory]
    [InlineData("@daily", true, false, false, false)]
    [InlineData("@every 5m", true, true, false, false)]
    [InlineData("1h30m", false, true, false, false)]
    [InlineData("0 0 3 * * *", false, false, true, false)]
    [InlineData("0 0 * * *", false, false, false, false)]
    [InlineData("2026-01-02T03:04:05.0000000+00:00", false, false, false, true)]
    public void An_expression_is_recognised(string expression, bool period, bool duration, bool cron, bool point)
    {
        var schedule = DaprJobSchedule.FromExpression(expression);

        Assert.Equal(
            (period, duration, cron, point),
            (schedule.IsPrefixedPeriodExpression, schedule.IsDurationExpression, schedule.IsCronExpression, schedule.IsPointInTimeExpression));
    }

    [Fact]
    public void A_duration_becomes_a_period()
    {
        Assert.Equal("@every 26h3s4ms", DaprJobSchedule.FromDuration(new TimeSpan(1, 2, 0, 3, 4)).ExpressionValue);
    }

    [Fact]
    public void A_schedule_is_json_text()
    {
        Assert.Equal("\"@daily\"", JsonSerializer.Serialize(DaprJobSchedule.Daily));
        Assert.Equal("@hourly", JsonSerializer.Deserialize<DaprJobSchedule>("\"@hourly\"")!.ExpressionValue);
    }
}
